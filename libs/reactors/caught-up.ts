import { EffectFailed } from './reactor.js';
import type { EventStore } from '#event-store/port.js';
import type { Reads } from '#read-models/reads.js';

const TIMEOUT_MS = 10_000;

interface Needs {
  readonly store: Pick<EventStore, 'head'>;
  readonly reads: Pick<Reads, 'waitFor'>;
}

/** Waits until a view has everything that the log has now. @throws EffectFailed if that takes too long */
export async function caughtUp({ store, reads }: Needs, view: string): Promise<void> {
  if (!(await reads.waitFor(await store.head(), TIMEOUT_MS, [view]))) {
    throw new EffectFailed(`The view ${view} is behind the log`);
  }
}
