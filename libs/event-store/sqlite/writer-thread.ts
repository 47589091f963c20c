import { Worker } from 'node:worker_threads';
import type { Database } from './log-file.js';
import type { Batch, Done } from './works.js';
import type { Writer } from './writer.js';

/** What the thread is told. */
export type ToWriter = Batch | 'checkpoint' | 'close';

/** What the thread says: a batch's end, and the end of a checkpoint. */
export type FromWriter = { readonly done: readonly Done[] } | { readonly error: string } | 'checkpointed';

export interface WriterThreadOptions {
  readonly file: string;
  /** The log's own connection: it reads, and writes nothing while the thread is there. */
  readonly db: Database;
  /** The compiled writer-worker.js; default: the one beside this file. */
  readonly workerUrl?: URL;
}

/** It keeps nothing from one batch to the next: little room for young objects is enough, and costs less memory. */
const LIMITS = { maxYoungGenerationSizeMb: 8 };

/** Works between two checkpoints: some 16 MB of write-ahead log. */
const WORKS_PER_CHECKPOINT = 2_000;

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
  let works = 0;
  let checkpointing = false;
  let afterCheckpoint: (() => void) | undefined;

  function start(): Worker {
    const started = new Worker(url, { workerData: { file }, resourceLimits: LIMITS });
    let failure: Error | undefined;
    started.on('message', (message: FromWriter) => {
      if (message === 'checkpointed') return checkpointed();
      settle('done' in message ? message.done : new Error(message.error));
    });
    started.on('error', (error: Error) => {
      failure = error;
    });
    started.on('exit', (code) => {
      worker = undefined;
      settle(failure ?? new Error(`the writing thread ended with code ${code}`));
      checkpointed();
    });
    return started;
  }

  function settle(done: readonly Done[] | Error): void {
    const told = settleBatch;
    settleBatch = undefined;
    if (!told) return;
    snapshot.release();
    if (works >= WORKS_PER_CHECKPOINT) checkpoint();
    told(done);
  }

  /** While no read transaction is open, and none is opened before it ends: only then is the write-ahead log used anew. */
  function checkpoint(): void {
    works = 0;
    if (!worker) return;
    checkpointing = true;
    worker.postMessage('checkpoint' satisfies ToWriter);
  }

  function checkpointed(): void {
    checkpointing = false;
    const go = afterCheckpoint;
    afterCheckpoint = undefined;
    go?.();
  }

  function send(batch: Batch, told: (done: readonly Done[] | Error) => void): void {
    try {
      snapshot.hold();
    } catch (error) {
      return told(error as Error);
    }
    settleBatch = told;
    works += batch.works.length;
    worker ??= start();
    worker.postMessage(batch);
  }

  return {
    commit(batch, told) {
      if (checkpointing) afterCheckpoint = () => send(batch, told);
      else send(batch, told);
    },
    async close() {
      if (!worker) return;
      const closing = worker;
      await new Promise((ended) => {
        closing.once('exit', ended);
        closing.postMessage('close' satisfies ToWriter);
      });
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
