import { randomUUID } from 'node:crypto';
import { LEVEL_MS, type Call, type Level, type Use } from './calls.js';
import { createFolder } from './folding.js';
import { ingest, REMEMBERED_MS, type Known, type Received, type UsageBatch } from './ingestion.js';
import type { ConsumptionStore, Segment } from './port.js';
import { encodeSegment, weightOf } from './segment.js';
import { statistics, type Question, type Statistics } from './statistics.js';
import { createTally } from './tally.js';

/** How long cells are kept, in milliseconds. */
export type Retention = Readonly<Record<Level, number>>;

export const RETENTION: Retention = { minute: 48 * LEVEL_MS.hour, hour: 92 * LEVEL_MS.day, day: 400 * LEVEL_MS.day };

/** Calls counted here reach the store this often: a crash loses no more of them. */
export const FLUSH_EVERY_MS = 5_000;
/** After a fold there is a rest of so many times as long, FLUSH_EVERY_MS at most. */
const REST = 4;
const PRUNE_EVERY_MS = 60_000;
/** At most so many rows of each kind are deleted at once. */
const PRUNE_LIMIT = 2_000;
/** While the store is away, calls are summed up to so many cells; then they are lost, and counted as such. */
const MOST_CELLS = 50_000;

export interface ConsumptionOptions {
  readonly store: ConsumptionStore;
  readonly known: Known;
  readonly retention?: Retention;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** The store could not be written; it is tried again. */
  readonly onError: (error: unknown) => void;
  /** Calls that were counted here and cannot be kept. */
  readonly onLost?: () => void;
}

/** Calls by whom, to what, and how they went: in, summed up, and out. */
export interface Consumption {
  /** Counts a call in memory. It is in the store within FLUSH_EVERY_MS, or at `stop`. */
  count(call: Call): void;
  /** Notes that a key or an access was used, where the calls themselves are told of by batches. */
  used(call: Pick<Call, 'application' | 'version' | 'credential' | 'time'>): void;
  /** Takes a batch of calls, once; resolves when it is stored. @throws ConsumptionUnavailable */
  ingest(batch: UsageBatch): Promise<Received>;
  query(question: Question): Promise<Statistics>;
  usesOf(applications: readonly string[]): Promise<readonly Use[]>;
  /** Stores what was counted, and sums up what waits. */
  settle(): Promise<void>;
  /** Stores what was counted, and ends. */
  stop(): Promise<void>;
}

export function createConsumption(options: ConsumptionOptions): Consumption {
  const { store, known, retention = RETENTION, now, onError, onLost } = options;
  const foldOnce = createFolder({ store, by: randomUUID(), now });
  const tally = createTally();
  /** Taken from the tally, and not known to be stored: sent again as it is, under its own id. */
  let unsent: Segment | undefined;
  const flush = inTurn(storeCounted);
  const fold = inTurn(foldOnce);
  let resting: NodeJS.Timeout | undefined;
  let restedAt = 0;
  let stopped = false;
  const logged = (work: Promise<void>): void => void work.catch(onError);

  async function storeCounted(): Promise<void> {
    if (!unsent && tally.size() > 0) {
      const tallied = tally.take();
      const content = encodeSegment(tallied);
      unsent = {
        id: `counted/${randomUUID()}`,
        digest: '',
        answer: '',
        at: now(),
        cells: weightOf(tallied),
        content,
      };
    }
    if (!unsent) return;
    await store.add(unsent);
    unsent = undefined;
    foldSoon();
  }

  /** At once, or after a rest: the more comes in, the more is summed up in one go, which saves most of the work. */
  function foldSoon(): void {
    if (stopped) return;
    resting ??= setTimeout(() => logged(foldThenRest()), Math.max(0, restedAt - performance.now())).unref();
  }

  async function foldThenRest(): Promise<void> {
    const began = performance.now();
    try {
      if ((await fold()) > 0) foldAgain();
    } finally {
      resting = undefined;
    }
    function foldAgain(): void {
      restedAt = performance.now() + Math.min(REST * (performance.now() - began), FLUSH_EVERY_MS);
      setImmediate(foldSoon);
    }
  }

  async function prune(): Promise<void> {
    const at = now();
    const before = {
      minute: at - retention.minute - LEVEL_MS.hour,
      hour: at - retention.hour - LEVEL_MS.day,
      day: at - retention.day - LEVEL_MS.day,
      segment: at - REMEMBERED_MS,
    };
    while ((await store.prune(before, PRUNE_LIMIT)) >= PRUNE_LIMIT);
  }

  const flushing = setInterval(() => logged(flush()), FLUSH_EVERY_MS).unref();
  // other processes' segments, and those of a process that ended
  const folding = setInterval(foldSoon, FLUSH_EVERY_MS).unref();
  const pruning = setInterval(() => logged(prune()), PRUNE_EVERY_MS).unref();

  return {
    count(call) {
      if (tally.size() >= MOST_CELLS) onLost?.();
      else tally.add(call);
    },
    used(call) {
      if (tally.size() < MOST_CELLS) tally.use(call);
    },
    async ingest(batch) {
      const received = await ingest(batch, { store, known, now: now() });
      if (received.outcome === 'stored') foldSoon();
      return received;
    },
    query: (question) => statistics(store, question, resolutionAt(now(), retention)),
    usesOf: (applications) => store.usesOf(applications),
    async settle() {
      await flush();
      while ((await fold()) > 0);
    },
    async stop() {
      stopped = true;
      for (const timer of [flushing, folding, pruning, resting]) clearInterval(timer);
      await flush().catch(onError);
      await fold().catch(onError);
      clearTimeout(resting);
    },
  };
}

const resolutionAt = (now: number, { minute, hour }: Retention) => ({
  minutesFrom: now - minute,
  hoursFrom: now - hour,
});

/** Runs do not overlap; each call has one of its own. */
function inTurn<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<unknown> = Promise.resolve();
  return () => {
    const mine = running.catch(() => undefined).then(work);
    running = mine;
    return mine;
  };
}
