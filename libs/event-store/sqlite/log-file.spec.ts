import { copyFileSync, existsSync, openSync, closeSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { appendTo, newEvent, newEvents, newStream } from '../contract/support.contract.js';
import { openSqliteEventStore } from './event-store.js';
import { newFolder, removeFolder } from './harness.contract.js';
import { findDamage, findDamageAtEnd } from './integrity.js';
import { openLogFile, type Database } from './log-file.js';

describe('the log file', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = newFolder();
    file = join(folder, 'log.db');
  });
  afterEach(() => removeFolder(folder));

  /** A log with a few hundred pages, closed in good order. */
  async function filled(): Promise<void> {
    const store = openSqliteEventStore({ file });
    const texts = Array.from({ length: 300 }, (_, n) => newEvent({ n, text: 'x'.repeat(2_000) }));
    await Promise.all(texts.map((event) => appendTo(store, newStream(), -1, [event])));
    await store.close();
  }

  /** The files as they are on disk while the process runs: what a kill -9 leaves. */
  function copyOf(source: string): string {
    const target = join(folder, 'copy.db');
    for (const suffix of ['', '-wal']) copyFileSync(source + suffix, target + suffix);
    return target;
  }

  /** Overwrites pages in the middle, as a failing disk does. */
  function damage(path: string): void {
    const handle = openSync(path, 'r+');
    for (let page = 20; page < 60; page++) writeSync(handle, Buffer.alloc(4_096, 0xa5), 0, 4_096, page * 4_096);
    closeSync(handle);
  }

  const refused = (path: string, readOnly = false) => {
    const before = existsSync(path) ? readFileSync(path) : undefined;
    let message = '';
    try {
      openLogFile({ file: path, readOnly }).close();
    } catch (error) {
      message = (error as Error).message;
    }
    if (before) expect(readFileSync(path).equals(before)).toBe(true);
    return message;
  };

  it('is refused, and left as it is, if another application made it', () => {
    const other = new DatabaseSync(file);
    other.exec('CREATE TABLE theirs (x)');
    other.close();
    expect(refused(file)).toMatch(/log\.db cannot be opened: it belongs to another application: name another file/);
    expect(refused(file, true)).toMatch(/another application/);
  });

  it('is refused, and left as it is, if a newer release made it', async () => {
    await filled();
    const newer = new DatabaseSync(file);
    newer.exec('PRAGMA user_version = 99');
    newer.close();
    expect(refused(file)).toMatch(/has format 99 and this release knows up to 1/);
  });

  it('is refused if it is no database, or in no folder', () => {
    writeFileSync(file, 'x'.repeat(10_000));
    expect(refused(file)).toMatch(/not a database/);
    expect(refused(join(folder, 'nowhere', 'log.db'))).toMatch(/nowhere.log\.db cannot be opened/);
  });

  it('is not made by a reader', () => {
    expect(refused(file, true)).toMatch(/cannot be opened/);
    expect(existsSync(file)).toBe(false);
    writeFileSync(file, '');
    expect(refused(file, true)).toMatch(/it is empty/);
  });

  it('holds everything acknowledged after a crash, and takes more', async () => {
    const store = openSqliteEventStore({ file });
    const claims = { take: ['claim'], drop: [] };
    const stream = newStream();
    await appendTo(store, stream, -1, newEvents(2), { claims });
    await appendTo(store, stream, 1, newEvents(1));
    const copy = copyOf(file);
    const log = await store.readAll({ after: 0n, limit: 10 });
    const { logId } = store;
    await store.close();

    const after = openSqliteEventStore({ file: copy });
    expect(after.logId).toBe(logId);
    expect(await after.readAll({ after: 0n, limit: 10 })).toEqual(log);
    expect(await after.ownerOf('claim')).toBe(stream);
    expect(await after.integrity()).toEqual([]);
    expect(await appendTo(after, stream, 2)).toMatchObject({ position: 4n, revision: 3 });
    await after.close();
  });

  it('is checked after a crash, and refused if it is damaged', async () => {
    await filled();
    const store = openSqliteEventStore({ file });
    await appendTo(store, newStream(), -1);
    const copy = copyOf(file);
    await store.close();
    damage(copy);
    expect(() => openLogFile({ file: copy })).toThrow(/it is damaged .*: restore it from a backup/);
  });

  it('tells of damage when asked, since after a good end it is not checked', async () => {
    await filled();
    damage(file);
    const store = openSqliteEventStore({ file });
    expect(await store.integrity()).not.toEqual([]);
    await store.close();
  });

  describe('checked by its content', () => {
    let db: Database;
    beforeEach(async () => {
      await filled();
      db = openLogFile({ file });
    });
    afterEach(() => db.close());

    it('is sound as it was written', () => {
      expect([findDamage(db), findDamageAtEnd(db)]).toEqual([[], []]);
    });

    it.each([
      ['a missing event', 'DELETE FROM events WHERE position = 250', /299 events .* position 300/, /missing after/],
      ['a missing revision', 'UPDATE events SET revision = 1 WHERE position = 250', /revisions are missing/, undefined],
      ['another body', `UPDATE events SET body = '{"a":1}' WHERE position = 250`, undefined, /position 250 cannot/],
    ])('shows %s', (_, sql, whole, end) => {
      db.exec(sql);
      expect(findDamage(db)).toEqual(whole ? [expect.stringMatching(whole)] : []);
      const atEnd = findDamageAtEnd(db);
      if (end) expect(atEnd[0]).toMatch(end);
      else expect(atEnd).toEqual([]);
    });
  });
});
