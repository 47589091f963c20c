import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Database } from './log-file.js';
import type { Batch, Done } from './works.js';
import type { Writer } from './writer.js';

/** What the thread is told: a batch, or to end. */
export type ToWriter = Batch | 'close';

/** What the thread says: a batch's end (`resting`: a checkpoint follows), and the end of a checkpoint. */
export type FromWriter =
  | { readonly done: readonly Done[]; readonly resting: boolean }
  | { readonly error: string; readonly resting: boolean }
  | 'rested';

export interface WriterThreadOptions {
  readonly file: string;
  /** The log's own connection: it reads, and writes nothing while the thread is there. */
  readonly db: Database;
  /** The compiled writer-worker.js; default: the one beside this file. */
  readonly workerUrl?: URL;
}

/** It keeps nothing from one batch to the next: little room for young objects is enough, and costs less memory. */
const LIMITS = { maxYoungGenerationSizeMb: 8 };

/**
 * Commits in a thread of its own, which is started with the first batch: waiting for the disk holds up nobody then.
 * While a batch is under way the log's own connection stays in a read transaction, so that no read shows what the caller
 * has not been told yet. A thread that dies settles its batch with an Error; the next batch starts another.
 */
export function writerThread({ file, db, workerUrl }: WriterThreadOptions): Writer {
  const url = workerUrl ?? new URL('./writer-worker.js', import.meta.url);
  const snapshot = readTransaction(db);
  let worker: Worker | undefined;
  let settleBatch: ((done: readonly Done[] | Error) => void) | undefined;
  /** A checkpoint gets the whole log into the file only while no read transaction is open. */
  let resting = false;
  let afterRest: (() => void) | undefined;

  function start(): Worker {
    const started = new Worker(url, { workerData: { file }, resourceLimits: LIMITS });
    let failure: Error | undefined;
    started.on('message', (message: FromWriter) => {
      if (message === 'rested') return rested();
      resting = message.resting;
      settle('done' in message ? message.done : new Error(message.error));
    });
    started.on('error', (error: Error) => {
      failure = error;
    });
    started.on('exit', (code) => {
      worker = undefined;
      settle(failure ?? new Error(`the writing thread ended with code ${code}`));
      rested();
    });
    return started;
  }

  function settle(done: readonly Done[] | Error): void {
    const told = settleBatch;
    settleBatch = undefined;
    if (!told) return;
    snapshot.release();
    told(done);
  }

  function rested(): void {
    resting = false;
    const go = afterRest;
    afterRest = undefined;
    go?.();
  }

  function send(batch: Batch, told: (done: readonly Done[] | Error) => void): void {
    try {
      snapshot.hold();
    } catch (error) {
      return told(error as Error);
    }
    settleBatch = told;
    worker ??= start();
    worker.postMessage(batch);
  }

  return {
    commit(batch, told) {
      if (resting) afterRest = () => send(batch, told);
      else send(batch, told);
    },
    async close() {
      if (!worker) return;
      const ended = once(worker, 'exit');
      worker.postMessage('close' satisfies ToWriter);
      await ended;
    },
  };
}

/** A read transaction begins with its first read, not with BEGIN. */
function readTransaction(db: Database): { hold(): void; release(): void } {
  const first = db.prepare('SELECT 1 FROM meta LIMIT 1');
  const release = (): void => {
    if (db.isTransaction) db.exec('ROLLBACK');
  };
  return {
    hold() {
      db.exec('BEGIN');
      try {
        first.get();
      } catch (error) {
        release();
        throw error;
      }
    },
    release,
  };
}
