import { setTimeout as sleep } from 'node:timers/promises';
import type { AggregateName } from '#domain/core/decider.js';
import { StoreUnavailable } from '#event-store/port.js';
import { loadEach, type Folded, type FoldCache } from './fold-cache.js';
import type { Freshness } from './freshness.js';

/** Folded streams for whom it matters how old they are: what somebody was deprived of must end. */
export interface CurrentStates {
  /** Whether what `peek` gives may be used. */
  fresh(): boolean;
  peek: FoldCache['peek'];
  /**
   * The state as it was at most the bound ago, or as it is: read on from what is at hand where this process may have missed
   * something.
   * @throws StoreUnavailable if the log cannot tell, and what is known of it is not to do instead
   */
  load<S>(aggregate: AggregateName, id: string): Promise<Folded<S>>;
}

export interface CurrentStatesOptions {
  readonly cache: Pick<FoldCache, 'peek' | 'load' | 'refresh'>;
  readonly freshness: Freshness;
  /** When the log cannot tell: refuse, or use what is known, however old. */
  readonly otherwise: 'refuse' | 'use-known';
  /** How long the log may take to tell what has changed, and a fifth of how long of what nothing is known. Default 1,000 ms. */
  readonly patienceMs?: number;
}

/** At once, of a log that does not seem to answer. */
const MOST_ASKING = 100;

export function createCurrentStates(options: CurrentStatesOptions): CurrentStates {
  const { cache, freshness, otherwise, patienceMs = 1_000 } = options;
  let asking = 0;
  return {
    fresh: () => freshness.trust() === 'fresh',
    peek: (aggregate, id) => cache.peek(aggregate, id),
    async load<S>(aggregate: AggregateName, id: string): Promise<Folded<S>> {
      const known = cache.peek<S>(aggregate, id);
      const trust = freshness.trust();
      if (known && trust === 'fresh') return known;
      if (known && trust === 'unreachable' && otherwise === 'use-known') return known;
      // What does not answer must not gather questions.
      if (trust === 'unreachable' && (known || asking >= MOST_ASKING)) {
        throw new StoreUnavailable('The log does not answer, and what is known of it will not do: try again');
      }
      asking += 1;
      try {
        return await within(known ? patienceMs : patienceMs * 5, cache.refresh<S>(aggregate, id));
      } catch (error) {
        if (!known || otherwise === 'refuse') throw error;
        return known;
      } finally {
        asking -= 1;
      }
    },
  };
}

/** Folded streams that answers are made of. */
export type ReadStates = Pick<FoldCache, 'peek' | 'load' | 'loadMany'>;

/** For answers: at most the bound old while the log can be asked, and what is known of it otherwise. */
export function readStates(cache: FoldCache, freshness: Freshness, current: CurrentStates): ReadStates {
  const load: FoldCache['load'] = (aggregate, id) =>
    freshness.trust() === 'fresh' ? cache.load(aggregate, id) : current.load(aggregate, id);
  return {
    peek: (aggregate, id) => cache.peek(aggregate, id),
    load,
    loadMany: (aggregate, ids) => loadEach(load, aggregate, ids),
  };
}

/** For decisions: as it is now where this process may have missed something. The append's expected revision does the rest. */
export const decisionStates = (cache: FoldCache, freshness: Freshness): Pick<FoldCache, 'load' | 'drop'> => ({
  load: (aggregate, id) => (freshness.trust() === 'fresh' ? cache.load(aggregate, id) : cache.refresh(aggregate, id)),
  drop: (stream) => cache.drop(stream),
});

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  const timer = new AbortController();
  const late = sleep(milliseconds, undefined, { signal: timer.signal, ref: false }).then(() => {
    throw new StoreUnavailable('The log does not answer in time: try again');
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    timer.abort();
  }
}
