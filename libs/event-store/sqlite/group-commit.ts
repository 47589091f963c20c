import { StoreUnavailable } from '../port.js';

export interface GroupCommitOptions {
  /** Does all of the works in one transaction, in order; throws if it could not be committed. */
  readonly commit: (works: readonly (() => unknown)[]) => readonly unknown[];
  /** Works waiting beyond which new ones are turned away. */
  readonly maxQueued: number;
  /** Works per transaction: bounds how long one commit holds up the event loop. */
  readonly maxBatch: number;
}

export interface GroupCommit {
  /**
   * Queues a work for the next transaction and answers after it has been committed: with what the work returned, or
   * rejecting with it if that is an Error. Rejects with StoreUnavailable if the queue is full or the commit failed.
   */
  submit<T>(work: () => T | Error): Promise<T>;
  /** Commits what is queued and turns everything later away. */
  close(): void;
}

interface Waiting {
  readonly work: () => unknown;
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

/** One wait for the disk serves everybody who asked meanwhile: an idle queue commits at once, a busy one in groups. */
export function groupCommit({ commit, maxQueued, maxBatch }: GroupCommitOptions): GroupCommit {
  let queue: Waiting[] = [];
  let scheduled = false;
  let closed = false;

  function schedule(): void {
    if (scheduled || queue.length === 0) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      flush();
      schedule();
    });
  }

  function flush(): void {
    if (queue.length === 0) return;
    const batch = queue.slice(0, maxBatch);
    queue = queue.slice(maxBatch);
    let results: readonly unknown[];
    try {
      results = commit(batch.map(({ work }) => work));
    } catch (cause) {
      const reason = (cause as Error).message;
      const error = new StoreUnavailable(`The event log could not store this (${reason}): try again`, { cause });
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
    submit<T>(work: () => T | Error): Promise<T> {
      if (closed) return Promise.reject(new StoreUnavailable('The event log is closed'));
      if (queue.length >= maxQueued) {
        return Promise.reject(new StoreUnavailable(`The event log has ${maxQueued} writes waiting: try again later`));
      }
      return new Promise<T>((resolve, reject) => {
        queue.push({ work, resolve, reject });
        schedule();
      });
    },
    close() {
      closed = true;
      while (queue.length > 0) flush();
    },
  };
}
