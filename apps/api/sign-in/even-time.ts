import { setTimeout as sleep } from 'node:timers/promises';

/** Longer than the work takes on a machine that is not overloaded. */
const STEP_MS = 250;

interface Clock {
  /** Milliseconds, from any origin. */
  now(): number;
  sleep(milliseconds: number): Promise<unknown>;
}

const REAL: Clock = { now: () => performance.now(), sleep };

/**
 * Does the work and ends a whole number of steps after the start, so that its time does not tell which way it went. Whole
 * steps instead of a minimum: a minimum would tell under load, when the work takes longer.
 */
export async function inEvenTime<T>(work: () => Promise<T>, { now, sleep }: Clock = REAL): Promise<T> {
  const start = now();
  try {
    return await work();
  } finally {
    const taken = now() - start;
    await sleep(Math.max(1, Math.ceil(taken / STEP_MS)) * STEP_MS - taken);
  }
}
