import { StoreUnavailable } from '../port.js';

export interface GroupCommitOptions<W, R> {
  /**
   * Does all of the works in one transaction, in order, and then calls back once, now or later: with a result for each,
   * or with the reason why nothing is known to be stored.
   */
  readonly commit: (works: readonly W[], settle: (results: readonly R[] | Error) => void) => void;
  /** Works waiting beyond which new ones are turned away. */
  readonly maxQueued: number;
  /** Works per transaction: bounds how long one commit takes. */
  readonly maxBatch: number;
}

export interface GroupCommit<W, R> {
  /**
   * Queues a work for the next transaction and answers after it has been committed: with its result, or rejecting with it
   * if that is an Error. Rejects with StoreUnavailable if the queue is full or the commit failed.
   */
  submit(work: W): Promise<Exclude<R, Error>>;
  /** Turns everything later away; resolves when what is queued has been committed. */
  close(): Promise<void>;
}

interface Waiting<W> {
  readonly work: W;
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

/** One wait for the disk serves everybody who asked meanwhile: an idle queue commits at once, a busy one in groups. */
export function groupCommit<W, R>({ commit, maxQueued, maxBatch }: GroupCommitOptions<W, R>): GroupCommit<W, R> {
  let queue: Waiting<W>[] = [];
  let busy = false;
  let closed = false;
  const drained: (() => void)[] = [];

  function next(): void {
    if (busy) return;
    if (queue.length === 0) {
      for (const tell of drained.splice(0)) tell();
      return;
    }
    busy = true;
    setImmediate(flush);
  }

  function flush(): void {
    const batch = queue.slice(0, maxBatch);
    queue = queue.slice(maxBatch);
    const works = batch.map(({ work }) => work);
    commit(works, (results) => {
      busy = false;
      settle(batch, results);
      next();
    });
  }

  function settle(batch: readonly Waiting<W>[], results: readonly R[] | Error): void {
    if ('message' in results) {
      const error = new StoreUnavailable(`The event log could not store this (${results.message}): try again`, {
        cause: results,
      });
      for (const { reject } of batch) reject(error);
      return;
    }
    for (const [index, { resolve, reject }] of batch.entries()) {
      const result = results[index];
      if (result instanceof Error) reject(result);
      else resolve(result as never);
    }
  }

  return {
    submit(work) {
      if (closed) return Promise.reject(new StoreUnavailable('The event log is closed'));
      if (queue.length >= maxQueued) {
        return Promise.reject(new StoreUnavailable(`The event log has ${maxQueued} writes waiting: try again later`));
      }
      return new Promise((resolve, reject) => {
        queue.push({ work, resolve, reject });
        next();
      });
    },
    close() {
      closed = true;
      return new Promise((resolve) => {
        drained.push(resolve);
        next();
      });
    },
  };
}
