import { setTimeout as sleep } from 'node:timers/promises';

/** After a run there is a rest of nine times as long: while many ask, a tenth of the time goes into the work. */
const REST = 9;
const LONGEST_REST_MS = 5_000;

interface Clock {
  /** Milliseconds, from any origin. */
  now(): number;
  sleep(milliseconds: number): Promise<unknown>;
}

const REAL: Clock = { now: () => performance.now(), sleep };

/**
 * Work that serves everybody who asked before it began: callers share one run. Whoever asks while one is under way, or
 * rests, shares the next, so that the last run begins after the last call. A run that fails fails for all who share it.
 */
export function inBursts(work: () => Promise<void>, { now, sleep }: Clock = REAL): () => Promise<void> {
  let running: Promise<void> = Promise.resolve();
  let restedAt = -Infinity;
  let next: Promise<void> | undefined;

  async function run(): Promise<void> {
    await running;
    if (restedAt > now()) await sleep(restedAt - now());
    next = undefined;
    const started = now();
    const mine = work();
    const rest = () => void (restedAt = now() + Math.min(REST * (now() - started), LONGEST_REST_MS));
    running = mine.then(rest, rest);
    await mine;
  }

  return () => (next ??= run());
}
