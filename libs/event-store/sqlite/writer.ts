import type { Database } from './log-file.js';
import { prepareWrites } from './writes.js';
import type { Batch, Done } from './works.js';

/** Where the write transactions of a log run. One batch at a time: the next one is given after the last has settled. */
export interface Writer {
  /**
   * Commits a batch and calls back: with what became of each work, or with an Error if the transaction failed or its end is
   * not known. What the log's own connection reads does not show the batch before it calls back.
   */
  commit(batch: Batch, settle: (done: readonly Done[] | Error) => void): void;
  /** No batch may be under way. */
  close(): Promise<void>;
}

/** Commits in this thread, over the log's own connection: calls back before it returns. */
export function writerHere(db: Database): Writer {
  const commit = prepareWrites(db);
  return {
    commit(batch, settle) {
      let done: readonly Done[] | Error;
      try {
        done = commit(batch);
      } catch (error) {
        done = error as Error;
      }
      settle(done);
    },
    close: () => Promise.resolve(),
  };
}
