import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { agreesWithModel, step } from '../contract/claims.contract.js';
import { appendTo, newEvent, newEvents, newStream, outcomes } from '../contract/support.contract.js';
import { eventStoreContract } from '../event-store.contract.js';
import { StoreUnavailable, type AppendResult } from '../port.js';
import { eventStoreOn, openSqliteEventStore, type SqliteEventStore } from './event-store.js';
import { newFolder, removeFolder, sqliteHarness } from './harness.contract.js';
import { openLogFile, type Database } from './log-file.js';

eventStoreContract('The SQLite log', sqliteHarness);

describe('The SQLite log', () => {
  let folder: string;
  let file: string;
  let db: Database;
  let store: SqliteEventStore;
  let time: number;
  const errors: Error[] = [];

  beforeEach(() => {
    folder = newFolder();
    file = join(folder, 'log.db');
    time = Date.now();
    db = openLogFile({ file, busyTimeoutMs: 50 });
    store = eventStoreOn(db, { now: () => time, maxQueued: 3_000, onError: (error) => errors.push(error) });
  });
  afterEach(async () => {
    errors.length = 0;
    await store.close();
    removeFolder(folder);
  });

  const appendOne = (stream = newStream()): Promise<AppendResult> =>
    store.append({ stream, expectedRevision: -1, events: [newEvent()] });
  const settled = async (appends: readonly Promise<AppendResult>[]): Promise<string[]> =>
    (await Promise.allSettled(appends)).map((one) =>
      one.status === 'fulfilled' ? one.value.outcome : one.reason.name,
    );

  it('gives dense positions over more appends than one transaction takes', async () => {
    const results = await Promise.all(Array.from({ length: 2_500 }, () => appendOne()));
    expect(outcomes(results, 'appended')).toBe(2_500);
    const log = await store.readAll({ after: 0n, limit: 9_999 });
    expect(log.map(({ position }) => position)).toEqual(Array.from({ length: 2_500 }, (_, n) => BigInt(n + 1)));
    expect(await store.integrity()).toEqual([]);
  });

  it('decides each append of a group as if it came alone', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), (steps) => agreesWithModel(store, steps, 'all at once')),
      { numRuns: 40 },
    );
    expect(await store.integrity()).toEqual([]);
  });

  it('refuses an event id of another stream as a mistake', async () => {
    const events = newEvents(1);
    await appendTo(store, newStream(), -1, events);
    const stream = newStream();
    await expect(store.append({ stream, expectedRevision: -1, events })).rejects.toThrow(/taken by stream/);
    expect(await store.readStream(stream)).toEqual([]);
  });

  it('commits a group in one transaction', async () => {
    const commits: number[] = [];
    store.onAppended((events) => commits.push(events.length));
    await Promise.all([appendOne(), appendOne(), appendOne()]);
    expect(commits).toEqual([3]);
  });

  it('stores nothing of a group that finds the disk full, and goes on when there is room', async () => {
    const stream = newStream();
    await appendTo(store, stream, -1);
    const { page_count: pages } = db.prepare('PRAGMA page_count').get() as { page_count: number };
    db.exec(`PRAGMA max_page_count = ${pages + 2}`);
    const claims = { take: ['claim'], drop: [] };
    const receipt = { key: 'key', payload: 'p', commandId: 'c', expiresAt: time + 1_000, sealed: 's' };
    const big = { stream, expectedRevision: 0, events: [newEvent({ text: 'x'.repeat(100_000) })], claims, receipt };
    const heard: unknown[] = [];
    store.onAppended((events) => heard.push(events));
    expect(await settled([appendOne(), store.append(big), appendOne()])).toEqual(Array(3).fill('StoreUnavailable'));
    await expect(store.append(big)).rejects.toMatchObject({
      message: expect.stringMatching(/full/),
      cause: { message: 'database or disk is full' },
    });
    expect(heard).toEqual([]);
    expect(await store.head()).toBe(1n);
    expect(await store.readAll({ after: 0n, limit: 10 })).toHaveLength(1);
    expect([await store.ownerOf('claim'), await store.receipt('key')]).toEqual([undefined, undefined]);

    db.exec('PRAGMA max_page_count = 1000000');
    expect(await store.append(big)).toMatchObject({ outcome: 'appended', position: 2n, revision: 1 });
    expect(await store.ownerOf('claim')).toBe(stream);
    expect(await store.integrity()).toEqual([]);
  });

  it.each(['ROLLBACK', 'ABORT'])('stays usable after an error that SQLite answers with %s', async (action) => {
    db.exec(`CREATE TRIGGER fault BEFORE INSERT ON claims BEGIN SELECT raise(${action}, 'I/O error'); END`);
    const claiming = { stream: newStream(), expectedRevision: -1, events: newEvents(1) };
    const append = () => store.append({ ...claiming, claims: { take: ['claim'], drop: [] } });
    const other = appendOne();
    await expect(append()).rejects.toThrow(/could not store this \(.*I\/O error.*\): try again/);
    await expect(other).rejects.toThrow(StoreUnavailable);
    expect(await store.readAll({ after: 0n, limit: 10 })).toEqual([]);
    db.exec('DROP TRIGGER fault');
    expect(await append()).toMatchObject({ outcome: 'appended', position: 1n });
  });

  it('is unavailable while another process holds the file, and goes on after it', async () => {
    const other = openLogFile({ file });
    other.exec('BEGIN IMMEDIATE');
    expect(await settled([appendOne(), appendOne()])).toEqual(['StoreUnavailable', 'StoreUnavailable']);
    expect(await store.head()).toBe(0n);
    other.exec('ROLLBACK');
    other.close();
    expect(await appendOne()).toMatchObject({ outcome: 'appended', position: 1n });
  });

  it('turns writes away at once when too many wait', async () => {
    const waiting = Array.from({ length: 3_000 }, () => appendOne());
    await expect(appendOne()).rejects.toThrow(StoreUnavailable);
    await expect(store.sealReceipt('key', 'x')).rejects.toThrow(/3000 writes waiting/);
    expect(outcomes(await Promise.all(waiting), 'appended')).toBe(3_000);
    expect(await appendOne()).toMatchObject({ outcome: 'appended', position: 3_001n });
  });

  it('reports what a listener throws, and serves the others and the caller', async () => {
    const heard: unknown[] = [];
    store.onAppended(() => {
      throw new Error('listener');
    });
    store.onAppended((events) => heard.push(...events));
    expect(await appendOne()).toMatchObject({ outcome: 'appended' });
    expect(heard).toHaveLength(1);
    expect(errors.map(({ message }) => message)).toEqual(['listener']);
  });

  it('forgets receipts by its clock and deletes them with later commits', async () => {
    const receipt = (n: number) => ({
      key: `${n}`,
      payload: 'p',
      commandId: 'c',
      expiresAt: time + 1_000,
      sealed: 's',
    });
    for (let n = 0; n < 150; n++) await appendTo(store, newStream(), -1, newEvents(1), { receipt: receipt(n) });
    time += 999;
    expect(await store.receipt('0')).toMatchObject({ key: '0' });
    time += 1;
    expect(await store.receipt('0')).toBeUndefined();
    const rows = () => (db.prepare('SELECT count(*) AS n FROM receipts').get() as { n: number }).n;
    expect(rows()).toBe(150);
    await appendOne();
    expect(rows()).toBe(50);
    await appendOne();
    expect(rows()).toBe(0);
  });

  it('commits what waits when it is closed, and refuses everything afterwards', async () => {
    const waiting = [appendOne(), appendOne()];
    await store.close();
    expect(outcomes(await Promise.all(waiting), 'appended')).toBe(2);
    await expect(appendOne()).rejects.toThrow(StoreUnavailable);
    await expect(store.head()).rejects.toThrow(StoreUnavailable);
    await store.close();
    const again = openSqliteEventStore({ file });
    expect(await again.head()).toBe(2n);
    await again.close();
  });

  describe('opened for reading only', () => {
    it('sees what the writer commits, and writes nothing', async () => {
      const reader = openSqliteEventStore({ file, readOnly: true });
      expect(reader.logId).toBe(store.logId);
      expect(await reader.head()).toBe(0n);
      const claims = { take: ['claim'], drop: [] };
      const { events } = await appendTo(store, newStream(), -1, newEvents(2), { claims });
      expect(await reader.head()).toBe(2n);
      expect(await reader.readAll({ after: 0n, limit: 10 })).toEqual(events);
      expect(await reader.ownerOf('claim')).toBe(events[0]!.stream);
      const append = reader.append({ stream: newStream(), expectedRevision: -1, events: newEvents(1) });
      await expect(append).rejects.toThrow(/reading only/);
      await expect(reader.sealReceipt('key', 'x')).rejects.toThrow(StoreUnavailable);
      await reader.close();
      expect(await appendOne()).toMatchObject({ position: 3n });
    });
  });
});
