import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { agreesWithModel, step } from '../contract/claims.contract.js';
import { newEvent, newEvents, newStream, outcomes } from '../contract/support.contract.js';
import { eventStoreContract } from '../event-store.contract.js';
import { StoreUnavailable, type AppendResult, type StoredEvent } from '../port.js';
import { eventStoreOn, type SqliteEventStore } from './event-store.js';
import { compiledWriter, newFolder, removeFolder, sqliteThreadHarness } from './harness.contract.js';
import { openLogFile, type Database } from './log-file.js';
import { writerThread } from './writer-thread.js';

if (!existsSync(compiledWriter)) throw new Error('there is no dist/: run `npm run build` first');

eventStoreContract('The SQLite log written by a thread', sqliteThreadHarness);

describe('The SQLite log written by a thread', () => {
  let folder: string;
  let file: string;
  let db: Database;
  let store: SqliteEventStore;

  beforeEach(() => {
    folder = newFolder();
    file = join(folder, 'log.db');
    db = openLogFile({ file });
    store = eventStoreOn(db, {}, writerThread({ file, db, workerUrl: compiledWriter }));
  });
  afterEach(async () => {
    await store.close();
    removeFolder(folder);
  });

  const appendOne = (stream = newStream()): Promise<AppendResult> =>
    store.append({ stream, expectedRevision: -1, events: [newEvent()] });

  /** Another connection sees what is committed, whether or not anybody has been told. */
  async function untilCommitted(count: number): Promise<void> {
    const other = openLogFile({ file, readOnly: true });
    const stored = other.prepare('SELECT count(*) AS n FROM events');
    // A promise settles in turns of the event loop: none is given here, so that nobody is told.
    while ((stored.get() as { n: number }).n < count);
    other.close();
  }

  it('shows no read what listeners have not heard, during a commit and after it', async () => {
    const heard: StoredEvent[] = [];
    store.onAppended((events) => heard.push(...events));
    await appendOne();
    for (let round = 0; round < 20; round++) {
      const stream = newStream();
      const claims = { take: [`claim-${round}`], drop: [] };
      const appended = store.append({ stream, expectedRevision: -1, events: [newEvent()], claims });
      await nextTurn(); // the batch is on its way
      await untilCommitted(round + 2);
      expect(heard).toHaveLength(round + 1);
      expect(await store.readAll({ after: 0n, limit: 100 })).toEqual(heard);
      expect(await store.readStream(stream)).toEqual([]);
      expect(await store.ownerOf(`claim-${round}`)).toBeUndefined();
      expect(await store.head()).toBe(BigInt(round + 1));
      await appended;
      expect(await store.readAll({ after: 0n, limit: 100 })).toEqual(heard);
      expect(heard.at(-1)).toMatchObject({ stream, position: BigInt(round + 2) });
      expect(await store.ownerOf(`claim-${round}`)).toBe(stream);
    }
  });

  it('agrees with the log at every turn of the event loop while batches follow one another', async () => {
    let last = 0n;
    store.onAppended((events) => {
      last = events.at(-1)!.position;
    });
    let running = true;
    const appends = Promise.all(Array.from({ length: 300 }, (_, n) => nextTurn().then(() => appendOne(`s-${n}`))));
    void appends.then(() => {
      running = false;
    });
    while (running) {
      const events = await store.readAll({ after: 0n, limit: 1_000 });
      expect(events.at(-1)?.position ?? 0n).toBe(last);
      await nextTurn();
    }
    expect(last).toBe(300n);
  });

  it('decides each append of a group as if it came alone', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), (steps) => agreesWithModel(store, steps, 'all at once')),
      { numRuns: 20 },
    );
    expect(await store.integrity()).toEqual([]);
  });

  it('keeps the write-ahead log short, whatever is written', async () => {
    for (let n = 0; n < 20; n++) {
      const streams = Array.from({ length: 1_000 }, () => newStream());
      expect(outcomes(await Promise.all(streams.map(appendOne)), 'appended')).toBe(1_000);
    }
    // More than twice what comes between two checkpoints would mean that none of them was complete.
    expect(statSync(`${file}-wal`).size).toBeLessThan(16 * 1024 * 1024);
  });

  describe('that dies', () => {
    /** The compiled thread with something done before it: an import of its own, since a thread has its own modules. */
    const dying = (before: string): URL =>
      new URL(
        `data:text/javascript,${encodeURIComponent(`${before}; await import(${JSON.stringify(compiledWriter.href)});`)}`,
      );

    /** Ends the thread at its first answer, which is never sent: the commit has happened by then. */
    const AFTER_COMMIT = `
      import { parentPort } from 'node:worker_threads';
      import { existsSync, writeFileSync } from 'node:fs';
      import { workerData } from 'node:worker_threads';
      const died = workerData.file + '.died';
      if (!existsSync(died)) parentPort.postMessage = () => { writeFileSync(died, ''); process.exit(1); }`;

    it('after its commit has the caller told to try again, and the listeners of what was stored', async () => {
      await store.close();
      db = openLogFile({ file });
      store = eventStoreOn(db, {}, writerThread({ file, db, workerUrl: dying(AFTER_COMMIT) }));
      const heard: StoredEvent[] = [];
      store.onAppended((events) => heard.push(...events));
      const append = { stream: newStream(), expectedRevision: -1, events: newEvents(2) };
      await expect(store.append(append)).rejects.toThrow(StoreUnavailable);
      expect(heard.map(({ position }) => position)).toEqual([1n, 2n]);
      expect(await store.head()).toBe(2n);
      expect(await store.append(append)).toMatchObject({ outcome: 'appended', position: 2n, events: heard });
      expect(heard).toHaveLength(2);
      expect(await appendOne()).toMatchObject({ outcome: 'appended', position: 3n });
    });

    it('before it can write stores nothing and says so, each time', async () => {
      await store.close();
      db = openLogFile({ file });
      store = eventStoreOn(db, {}, writerThread({ file, db, workerUrl: dying(`throw new Error('no memory')`) }));
      await expect(appendOne()).rejects.toThrow(/no memory.*try again/);
      await expect(appendOne()).rejects.toThrow(StoreUnavailable);
      expect(await store.readAll({ after: 0n, limit: 10 })).toEqual([]);
    });
  });

  it('rejects a batch that could not be committed, and commits the next one', async () => {
    db.exec(`CREATE TRIGGER fault BEFORE INSERT ON claims BEGIN SELECT raise(ROLLBACK, 'I/O error'); END`);
    const claiming = { stream: newStream(), expectedRevision: -1, events: newEvents(1) };
    const append = () => store.append({ ...claiming, claims: { take: ['claim'], drop: [] } });
    const other = appendOne();
    await expect(append()).rejects.toThrow(/could not store this \(.*I\/O error.*\): try again/);
    await expect(other).rejects.toThrow(StoreUnavailable);
    expect(await store.readAll({ after: 0n, limit: 10 })).toEqual([]);
    db.exec('DROP TRIGGER fault');
    expect(await append()).toMatchObject({ outcome: 'appended', position: 1n });
  });
});
