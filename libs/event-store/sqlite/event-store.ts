import { StoreUnavailable, type Appended, type AppendResult, type EventStore, type StoredEvent } from '../port.js';
import { DuplicateEventId, prepareAppend } from '../prepare.js';
import { groupCommit } from './group-commit.js';
import { findDamage } from './integrity.js';
import { closeLogFile, logIdOf, openLogFile, type Database, type LogFileOptions } from './log-file.js';
import { prepareReads } from './reads.js';
import { eventsAt, toRows, type Done, type NewRows, type Work } from './works.js';
import { writerHere, type Writer } from './writer.js';
import { writerThread } from './writer-thread.js';

export interface SqliteEventStoreOptions {
  /** Reads only: for a worker thread beside the writer. */
  readonly readOnly?: boolean;
  /** Milliseconds since the epoch; decides which receipts have expired. Default: the system clock. */
  readonly now?: () => number;
  /** Default 10,000. */
  readonly maxQueued?: number;
  /** Told of what an onAppended listener threw. Default: a process warning. */
  readonly onError?: (error: Error) => void;
}

export interface SqliteEventStore extends EventStore {
  /** Reads the whole file; a line for each thing wrong with it, none if it is sound. */
  integrity(): Promise<string[]>;
}

export interface SqliteLogOptions extends LogFileOptions, SqliteEventStoreOptions {
  /**
   * Write in a thread of its own, so that waiting for the disk holds up nobody. It runs compiled code: a URL names the
   * writer-worker.js for callers that run from source.
   */
  readonly writeInThread?: boolean | URL;
}

const MAX_BATCH = 1_000;
/** Events read at once of those that were committed while nobody could be told. */
const MISSED = 1_000;

/** The event log in one SQLite file. One writer at a time; any number of readers, in other threads or processes. */
export function openSqliteEventStore(options: SqliteLogOptions): SqliteEventStore {
  const { file, readOnly = false, writeInThread = false } = options;
  const db = openLogFile(options);
  if (readOnly || writeInThread === false) return eventStoreOn(db, options);
  const workerUrl = writeInThread === true ? {} : { workerUrl: writeInThread };
  return eventStoreOn(db, options, writerThread({ file, db, ...workerUrl }));
}

/** The same over a connection that openLogFile opened; close() closes it. */
export function eventStoreOn(
  db: Database,
  options: SqliteEventStoreOptions = {},
  writer: Writer | undefined = options.readOnly ? undefined : writerHere(db),
): SqliteEventStore {
  const { readOnly = false, now = Date.now, maxQueued = 10_000, onError = (e) => process.emitWarning(e) } = options;
  const logId = logIdOf(db);
  const reads = prepareReads(db);
  const listeners = new Set<(events: readonly StoredEvent[]) => void>();
  /** Of what the listeners have been told. */
  let head = reads.head();

  const commits = groupCommit({ commit, maxQueued, maxBatch: MAX_BATCH });

  /** In one turn of the event loop with what makes the batch visible to reads: nobody sees what listeners have not heard. */
  function commit(works: readonly Work[], settle: (results: readonly Result[] | Error) => void): void {
    writer!.commit({ works, now: now() }, (done) => {
      if ('message' in done) {
        tellMissed();
        return settle(done);
      }
      const results = done.map((each, index) => resultOf(works[index]!, each));
      const stored = results.flatMap((result, index) => (done[index]!.outcome === 'stored' ? eventsOf(result) : []));
      if (stored.length > 0 && stored[0]!.position !== head + 1n) tellMissed();
      else tellAll(stored);
      settle(results);
    });
  }

  /** What a batch stored whose end was not known, and whatever came after it. */
  function tellMissed(): void {
    try {
      for (;;) {
        const missed = reads.all({ after: head, limit: MISSED });
        if (missed.length === 0) return;
        tellAll(missed);
      }
    } catch (error) {
      onError(error as Error); // the next batch begins at another position than the one expected, and looks again
    }
  }

  function tellAll(events: readonly StoredEvent[]): void {
    if (events.length === 0) return;
    head = events.at(-1)!.position;
    for (const listener of listeners) tell(listener, events);
  }

  function tell(listener: (events: readonly StoredEvent[]) => void, events: readonly StoredEvent[]): void {
    try {
      listener(events);
    } catch (error) {
      onError(error as Error);
    }
  }

  async function write(work: Work): Promise<Exclude<Result, Error>> {
    if (!writer) throw new StoreUnavailable('The event log is open for reading only: write through its own process');
    return commits.submit(work);
  }

  async function read<T>(question: () => T): Promise<T> {
    if (!db.isOpen) throw new StoreUnavailable('The event log is closed');
    try {
      return question();
    } catch (cause) {
      if (cause instanceof RangeError) throw cause;
      throw new StoreUnavailable(`The event log could not be read (${(cause as Error).message})`, { cause });
    }
  }

  return {
    logId,
    async append(append) {
      return (await write({ kind: 'append', rows: toRows(prepareAppend(append)) })) as AppendResult;
    },
    readStream: (stream, options = {}) => read(() => reads.stream(stream, options)),
    readAll: (options) => read(() => reads.all(options)),
    readAt: (position) => read(() => reads.at(position)),
    head: () => read(() => (readOnly ? reads.head() : head)),
    ownerOf: (claim) => read(() => reads.ownerOf(claim)),
    onAppended(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    receipt: (key) => read(() => reads.receipt(key, now())),
    sealReceipt: async (key, sealed) => void (await write({ kind: 'seal', key, sealed })),
    integrity: () => read(() => findDamage(db)),
    async close() {
      await commits.close();
      if (!db.isOpen) return;
      await writer?.close();
      closeLogFile(db, readOnly);
    },
  };
}

/** What the caller of a write gets; an Error rejects it. */
type Result = AppendResult | DuplicateEventId | undefined;

function resultOf(work: Work, done: Done): Result {
  switch (done.outcome) {
    case 'sealed':
      return undefined;
    case 'stored':
      return appended(eventsAt((work as { rows: NewRows }).rows, done.first));
    case 'repeated':
      return appended(done.events);
    case 'taken-id':
      return new DuplicateEventId(
        `The event id ${done.id} is taken by stream ${done.by}: make ids from the command's id`,
      );
    default:
      return done;
  }
}

const eventsOf = (result: Result): readonly StoredEvent[] => (result as Appended).events;

function appended(events: readonly StoredEvent[]): Appended {
  const last = events.at(-1)!;
  return { outcome: 'appended', position: last.position, revision: last.revision, events };
}
