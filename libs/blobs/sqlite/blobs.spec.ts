import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { blobsContract } from '../blobs.contract.js';
import { openSqliteBlobs } from './blobs.js';

const inFolder = (): { folder: string; file: string; remove: () => void } => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-blobs-'));
  return { folder, file: join(folder, 'blobs.db'), remove: () => rmSync(folder, { recursive: true }) };
};

const edit = (file: string, sql: string, ...values: string[]): unknown => {
  const db = new DatabaseSync(file);
  try {
    return db.prepare(sql).all(...values);
  } finally {
    db.close();
  }
};

blobsContract('sqlite', () => {
  const { file, remove } = inFolder();
  return {
    open: async () => openSqliteBlobs({ file }),
    count: async () => (edit(file, 'SELECT count(*) AS n FROM blobs') as [{ n: number }])[0].n,
    damage: async (sha256) =>
      void edit(file, `UPDATE chunks SET bytes = zeroblob(length(bytes)) WHERE sha256 = ? AND number = 1`, sha256),
    truncate: async (sha256) => void edit(file, 'DELETE FROM chunks WHERE sha256 = ? AND number = 2', sha256),
    destroy: async () => remove(),
  };
});

describe('the blob file', () => {
  let place: ReturnType<typeof inFolder>;
  beforeEach(() => (place = inFolder()));
  afterEach(() => place.remove());

  it('is for its owner only, and compressed', async () => {
    const blobs = openSqliteBlobs({ file: place.file });
    await blobs.put(Buffer.alloc(8_000_000, 'a'));
    await blobs.close();
    expect(statSync(place.file).mode & 0o777).toBe(0o600);
    expect(statSync(place.file).size).toBeLessThan(200_000);
  });

  it('gives a read-only reader what the writer puts afterwards, and lets it write nothing', async () => {
    const writer = openSqliteBlobs({ file: place.file });
    const reader = openSqliteBlobs({ file: place.file, readOnly: true });
    const name = await writer.put(Buffer.from('fresh'));
    expect(Buffer.from((await reader.get(name))!).toString()).toBe('fresh');
    await expect(reader.put(Buffer.from('more'))).rejects.toThrow(/readonly/);
    await reader.close();
    await writer.close();
  });

  it('checks what it reads, and names the blob that is damaged', async () => {
    const blobs = openSqliteBlobs({ file: place.file, cacheBytes: 1 });
    const name = await blobs.put(Buffer.from('uncached'));
    edit(place.file, `UPDATE chunks SET bytes = x'00'`);
    await expect(blobs.get(name)).rejects.toThrow(`Blob ${name} is damaged`);
    await blobs.close();
  });

  it('refuses a file that is something else, or newer, and leaves it as it is', () => {
    writeFileSync(place.file, 'not a database, but some text that is long enough to look at'.repeat(20));
    expect(() => openSqliteBlobs({ file: place.file })).toThrow(/not a database/);
    const foreign = join(place.folder, 'foreign.db');
    edit(foreign, 'CREATE TABLE notes (text TEXT)');
    expect(() => openSqliteBlobs({ file: foreign })).toThrow(/does not hold/);
    expect(edit(foreign, 'SELECT name FROM sqlite_schema')).toEqual([{ name: 'notes' }]);
    const newer = join(place.folder, 'newer.db');
    void openSqliteBlobs({ file: newer }).close();
    edit(newer, 'PRAGMA user_version = 99');
    expect(() => openSqliteBlobs({ file: newer })).toThrow(/newer release/);
    expect(() => openSqliteBlobs({ file: join(place.folder, 'absent.db'), readOnly: true })).toThrow();
  });
});
