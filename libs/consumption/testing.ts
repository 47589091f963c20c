import type { Call } from './calls.js';
import type { ConsumptionStore, Segment } from './port.js';
import { encodeSegment, weightOf } from './segment.js';
import { createTally } from './tally.js';

/** One engine under test, empty at first. */
export interface ConsumptionUnderTest {
  /** Opens it; again after `close`, it must find what was written before. */
  open(): Promise<ConsumptionStore>;
  destroy(): Promise<void>;
}

export const NOW = Date.UTC(2026, 5, 15, 12, 30);

/** One call, in the way of tests. */
export const call = (values: Partial<Call> = {}): Call => ({
  application: 'a',
  version: 'v',
  status: 200,
  time: NOW,
  ...values,
});

/** What would be stored of these calls in one go. */
export function segmentOf(id: string, calls: readonly Call[], at = NOW): Segment {
  const tally = createTally();
  calls.forEach((one) => tally.add(one));
  const tallied = tally.take();
  return { id, digest: id, answer: '{}', at, cells: weightOf(tallied), content: encodeSegment(tallied) };
}

/** The same store, of which nothing changes any more after so many changes of a fold: as if the process had ended. */
export function cutOff(store: ConsumptionStore, after: number): { over: ConsumptionStore; wasCut: () => boolean } {
  let left = after;
  let cut = false;
  const guarded = <A extends unknown[], R>(change: (...values: A) => Promise<R>) => {
    return (...values: A): Promise<R> => {
      cut ||= left === 0;
      if (cut) return Promise.reject(new Error('The process has ended'));
      left -= 1;
      return change(...values);
    };
  };
  const over = {
    ...store,
    beginFold: guarded(store.beginFold),
    writeCells: guarded(store.writeCells),
    noteUses: guarded(store.noteUses),
    endFold: guarded(store.endFold),
  };
  return { over, wasCut: () => cut };
}
