import { transaction } from '#sqlite/transaction.js';
import { StoreUnavailable, type AppendResult, type EventStore, type StoredEvent } from '../port.js';
import { prepareAppend } from '../prepare.js';
import { groupCommit } from './group-commit.js';
import { findDamage } from './integrity.js';
import { closeLogFile, logIdOf, openLogFile, type Database, type LogFileOptions } from './log-file.js';
import { prepareReads } from './reads.js';
import { prepareWrites } from './writes.js';

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

const MAX_BATCH = 1_000;

/** The event log in one SQLite file. One writer at a time; any number of readers, in other threads or processes. */
export function openSqliteEventStore(options: LogFileOptions & SqliteEventStoreOptions): SqliteEventStore {
  return eventStoreOn(openLogFile(options), options);
}

/** The same over a connection that openLogFile opened; close() closes it. */
export function eventStoreOn(db: Database, options: SqliteEventStoreOptions = {}): SqliteEventStore {
  const { readOnly = false, now = Date.now, maxQueued = 10_000, onError = (e) => process.emitWarning(e) } = options;
  const logId = logIdOf(db);
  const reads = prepareReads(db);
  const writes = readOnly ? undefined : prepareWrites(db, now);
  const listeners = new Set<(events: readonly StoredEvent[]) => void>();
  let head = reads.head();
  let batch: StoredEvent[] = [];

  const commits = groupCommit({ commit, maxQueued, maxBatch: MAX_BATCH });

  function commit(works: readonly (() => unknown)[]): readonly unknown[] {
    const stored: StoredEvent[] = (batch = []);
    const results = transaction(db, () => {
      head = reads.head(); // Positions are given inside the write transaction
      const done = works.map((work) => work());
      writes!.purgeReceipts(now());
      return done;
    });
    head = stored.at(-1)?.position ?? head;
    if (stored.length > 0) for (const listener of listeners) tell(listener, stored);
    return results;
  }

  function tell(listener: (events: readonly StoredEvent[]) => void, events: readonly StoredEvent[]): void {
    try {
      listener(events);
    } catch (error) {
      onError(error as Error);
    }
  }

  async function write<T>(work: () => T | Error): Promise<T> {
    if (!writes) throw new StoreUnavailable('The event log is open for reading only: write through its own process');
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
      const prepared = prepareAppend(append);
      return write<AppendResult>(() => {
        const { result, stored } = writes!.append(prepared, batch.at(-1)?.position ?? head);
        batch.push(...stored);
        return result;
      });
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
    sealReceipt: (key, sealed) => write(() => writes!.sealReceipt(key, sealed)),
    integrity: () => read(() => findDamage(db)),
    async close() {
      commits.close();
      if (db.isOpen) closeLogFile(db, readOnly);
    },
  };
}
