import type { Blocked } from './runner.js';

/** Where a view stands, for health, answers and waiting. */
export interface ViewStatus {
  readonly name: string;
  /** What answers are read from. */
  readonly collection: string;
  /** Position of the last event in it. */
  readonly position: bigint;
  /** ISO 8601: when that event was recorded; null if unknown or none. */
  readonly lastAppliedAt: string | null;
  /** Whether it follows the log. False while a first build or the successor of an outdated copy has not caught up. */
  readonly live: boolean;
  readonly blocked?: Blocked;
  /** A copy being built: the collection it will replace (null: a first build), its own, and the share done, 0 to 1. */
  readonly rebuilding?: {
    readonly from: string | null;
    readonly to: string;
    readonly done: number;
    /** The copy is blocked while what is served goes on. */
    readonly blocked?: Blocked;
  };
}

/** What is known of all views, and who waits for them. */
export interface StatusBoard {
  status(): readonly ViewStatus[];
  update(status: readonly ViewStatus[]): void;
  /** The collection that answers of a view are read from. */
  collectionOf(view: string): string;
  /**
   * Waits until the views (default: all) have applied the event at `position`, at most `timeoutMs`. True: they have, and
   * a read shows it. False: time ran out, or a view that is blocked or not live lacks it; such views are not waited for.
   */
  waitFor(position: bigint, timeoutMs: number, views?: readonly string[]): Promise<boolean>;
  /** Calls back when the position that all live views have reached grows; returns the unsubscriber. */
  onPosition(listener: (position: bigint) => void): () => void;
  /** Ends all waiting, with false. */
  close(): void;
}

interface Waiter {
  readonly position: bigint;
  readonly views: readonly string[] | undefined;
  readonly settle: (reached: boolean) => void;
}

export function createStatusBoard(initial: readonly ViewStatus[] = []): StatusBoard {
  let status = initial;
  let reached = lowestPosition(status);
  const waiters = new Set<Waiter>();
  const listeners = new Set<(position: bigint) => void>();

  function find(view: string): ViewStatus {
    const found = status.find(({ name }) => name === view);
    if (!found) throw new Error(`there is no view named ${view}`);
    return found;
  }

  /** True or false once it is decided, undefined while it is worth waiting. */
  function outcome(position: bigint, views: readonly string[] | undefined): boolean | undefined {
    const behind = (views?.map(find) ?? status).filter((view) => view.position < position);
    if (behind.length === 0) return true;
    return behind.some(isWaitedFor) ? undefined : false;
  }

  return {
    status: () => status,
    update(next) {
      status = next;
      for (const { position, views, settle } of waiters) {
        const decided = outcome(position, views);
        if (decided !== undefined) settle(decided);
      }
      const lowest = lowestPosition(status);
      if (lowest <= reached) return;
      reached = lowest;
      for (const listener of listeners) listener(reached);
    },
    collectionOf: (view) => find(view).collection,
    async waitFor(position, timeoutMs, views) {
      const decided = outcome(position, views);
      if (decided !== undefined) return decided;
      return new Promise((resolve) => {
        const settle = (result: boolean): void => {
          clearTimeout(timer);
          waiters.delete(waiter);
          resolve(result);
        };
        const waiter = { position, views, settle };
        const timer = setTimeout(settle, timeoutMs, false);
        waiters.add(waiter);
      });
    },
    onPosition(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      for (const { settle } of waiters) settle(false);
    },
  };
}

const isWaitedFor = (view: ViewStatus): boolean => view.live && !view.blocked;

function lowestPosition(status: readonly ViewStatus[]): bigint {
  const positions = status.filter(isWaitedFor).map(({ position }) => position);
  return positions.reduce((lowest, position) => (position < lowest ? position : lowest), positions[0] ?? 0n);
}
