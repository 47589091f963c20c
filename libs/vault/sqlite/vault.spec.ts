import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { VaultUnavailable } from '../port.js';
import { vaultContract } from '../vault.contract.js';
import { openSqliteVault } from './vault.js';

const folder = () => mkdtempSync(join(tmpdir(), 'gatehouse-vault-'));

vaultContract('sqlite', () => {
  const dir = folder();
  return {
    open: async (now) => openSqliteVault({ file: join(dir, 'vault.db'), now }),
    destroy: async () => rmSync(dir, { recursive: true }),
  };
});

describe('the SQLite vault', () => {
  let dir: string;
  let file: string;
  beforeEach(() => {
    dir = folder();
    file = join(dir, 'vault.db');
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const bytesOnDisk = () => readdirSync(dir).map((name) => readFileSync(join(dir, name)).toString('latin1')).join('\n'); // prettier-ignore

  it('is readable by its owner only', async () => {
    const vault = openSqliteVault({ file });
    await vault.put('thing', 'a', 1);
    for (const name of readdirSync(dir)) expect(statSync(join(dir, name)).mode & 0o077).toBe(0);
    await vault.close();
  });

  it('leaves no byte of a deleted or overwritten value once it is closed', async () => {
    const vault = openSqliteVault({ file });
    await vault.put('key', 'deleted', 'first-secret');
    await vault.put('key', 'overwritten', 'second-secret');
    await vault.delete('key', 'deleted');
    await vault.put('key', 'overwritten', 'a value');
    await vault.close();
    expect(bytesOnDisk()).toContain('a value');
    expect(bytesOnDisk()).not.toMatch(/first-secret|second-secret/);
  });

  it('leaves none after a scrub either, however pages were split', async () => {
    const vault = openSqliteVault({ file });
    // Chosen so that page splits leave copies behind that zeroing freed cells does not reach.
    const records = Array.from({ length: 3_000 }, (_, i) => {
      const hash = createHash('sha256').update(`115:${i}`).digest('hex');
      const marker = hash.slice(16, 48);
      return { id: hash.slice(0, 16), marker, secret: marker + 'x'.repeat(parseInt(hash.slice(48, 52), 16) % 90) };
    });
    const [deleted, overwritten, kept] = [0, 1, 2].map((third) => records.filter((_, i) => i % 3 === third));
    await Promise.all(records.map(({ id, secret }) => vault.insert('key', id, secret)));
    await Promise.all(deleted!.map(({ id }) => vault.delete('key', id)));
    await Promise.all(overwritten!.map(({ id }, i) => vault.put('key', id, 'y'.repeat((3 * i + 1) % 400))));
    await vault.scrub();
    const bytes = bytesOnDisk();
    expect([...deleted!, ...overwritten!].filter(({ marker }) => bytes.includes(marker))).toEqual([]);
    expect(kept!.filter(({ marker }) => !bytes.includes(marker))).toEqual([]);
    await vault.close();
  });

  it('reports a write that the file cannot take and goes on afterwards', async () => {
    const vault = openSqliteVault({ file });
    const other = new DatabaseSync(file);
    other.exec("CREATE TRIGGER stop BEFORE INSERT ON records WHEN new.id = 'bad' BEGIN SELECT RAISE(ABORT, 'no'); END");
    const results = await Promise.allSettled(['a', 'bad', 'b'].map((id) => vault.insert('thing', id, 1)));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((results[1] as PromiseRejectedResult).reason).toBeInstanceOf(VaultUnavailable);
    expect((await vault.list('thing', { limit: 9 })).map(({ id }) => id)).toEqual(['a', 'b']);
    other.close();
    await vault.close();
  });

  it('reports a read that the file cannot answer', async () => {
    const vault = openSqliteVault({ file });
    const other = new DatabaseSync(file);
    other.exec('ALTER TABLE records RENAME TO gone');
    await expect(vault.get('thing', 'a')).rejects.toThrow(VaultUnavailable);
    await expect(vault.getMany('thing', ['a'])).rejects.toThrow(VaultUnavailable);
    await expect(vault.list('thing', { limit: 1 })).rejects.toThrow(VaultUnavailable);
    other.close();
    await vault.close();
  });

  it('commits waiting writes when it is closed', async () => {
    const vault = openSqliteVault({ file });
    const writing = vault.put('thing', 'a', 1);
    await vault.close();
    await writing;
    const again = openSqliteVault({ file });
    expect((await again.get('thing', 'a'))?.value).toBe(1);
    await again.close();
  });

  it('reads without writing when opened read-only', async () => {
    const vault = openSqliteVault({ file });
    await vault.put('thing', 'a', 1);
    const reader = openSqliteVault({ file, readOnly: true });
    expect((await reader.get('thing', 'a'))?.value).toBe(1);
    await expect(reader.put('thing', 'a', 2)).rejects.toThrow(VaultUnavailable);
    await vault.put('thing', 'a', 3);
    expect((await reader.get('thing', 'a'))?.value).toBe(3);
    await reader.close();
    await vault.close();
  });

  it('refuses a file of another kind and one of a newer version', async () => {
    const other = new DatabaseSync(file);
    other.exec('CREATE TABLE t (x)');
    other.close();
    expect(() => openSqliteVault({ file })).toThrow(/is not a Gatehouse vault/);

    const newer = join(dir, 'newer.db');
    await openSqliteVault({ file: newer }).close();
    const db = new DatabaseSync(newer);
    db.exec('PRAGMA user_version = 99');
    db.close();
    expect(() => openSqliteVault({ file: newer })).toThrow(/newer Gatehouse/);

    const text = join(dir, 'text.db');
    writeFileSync(text, 'not a database, only text that is long enough to be read as a header of one'.repeat(20));
    expect(() => openSqliteVault({ file: text })).toThrow();
  });
});
