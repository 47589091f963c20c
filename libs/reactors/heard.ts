import { setTimeout as delay } from 'node:timers/promises';
import type { EventStore } from '#event-store/port.js';

type Log = Pick<EventStore, 'standing'>;

const LOOK_EVERY_MS = 50;

/**
 * Up to where this process has heard of a log whose head is known. An event of a log that others write too can be read before
 * it is heard of, and until then the streams that are kept folded in memory are older than the event.
 */
export function heardUpTo({ standing }: Log, head: bigint): bigint {
  const heard = standing?.().position ?? head;
  return heard < head ? heard : head;
}

/** Resolves when this process has heard of the event at the position; rejects when the signal is aborted. */
export async function hearing(log: Log, position: bigint, signal: AbortSignal): Promise<void> {
  while (heardUpTo(log, position) < position) await delay(LOOK_EVERY_MS, undefined, { signal });
}
