import { transaction } from '#sqlite/transaction.js';
import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import { VaultUnavailable } from '../port.js';

interface Waiting {
  readonly relaxed: boolean;
  readonly run: () => unknown;
  readonly resolve: (result: never) => void;
  readonly reject: (error: unknown) => void;
}

type Settled = { readonly ok: true; readonly result: unknown } | { readonly ok: false; readonly error: unknown };

/** More than this many waiting writes are refused: the disk cannot keep up. */
const MAX_WAITING = 20_000;

export interface GroupCommit {
  /**
   * Runs a write together with all others that arrived meanwhile, in one transaction; resolves once it is on disk.
   * `run` executes exactly one statement, so that a failing one undoes itself and leaves its neighbours alone.
   * Relaxed: the disk is not waited for, unless for a neighbour.
   */
  write<T>(run: () => T, relaxed?: boolean): Promise<T>;
  /** Commits what is waiting, now. */
  flush(): void;
}

/** One fsync for all writes of one turn of the event loop. */
export function createGroupCommit(db: DatabaseSyncInstance): GroupCommit {
  let waiting: Waiting[] = [];
  let waitsForDisk = true;

  function waitForDisk(wanted: boolean): void {
    if (wanted === waitsForDisk) return;
    db.exec(`PRAGMA synchronous = ${wanted ? 'FULL' : 'NORMAL'}`);
    waitsForDisk = wanted;
  }

  function flush(): void {
    const batch = waiting;
    waiting = [];
    if (batch.length === 0) return;
    try {
      waitForDisk(batch.some(({ relaxed }) => !relaxed));
      const settled = transaction(db, () => batch.map(({ run }) => settle(run)));
      batch.forEach(({ resolve, reject }, i) => {
        const outcome = settled[i]!;
        if (outcome.ok) resolve(outcome.result as never);
        else reject(unavailable(outcome.error));
      });
    } catch (error) {
      for (const { reject } of batch) reject(unavailable(error));
    }
  }

  return {
    flush,
    write<T>(run: () => T, relaxed = false) {
      if (waiting.length >= MAX_WAITING)
        return Promise.reject(new VaultUnavailable('Too many vault writes are waiting'));
      return new Promise<T>((resolve, reject) => {
        if (waiting.push({ run, relaxed, resolve, reject }) === 1) setImmediate(flush);
      });
    },
  };
}

function settle(run: () => unknown): Settled {
  try {
    return { ok: true, result: run() };
  } catch (error) {
    return { ok: false, error };
  }
}

function unavailable(error: unknown): VaultUnavailable {
  return new VaultUnavailable(`The vault could not be written: ${error instanceof Error ? error.message : 'unknown'}`, {
    cause: error,
  });
}
