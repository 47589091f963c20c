import { setTimeout as delay } from 'node:timers/promises';
import { BlobsUnavailable } from '#blobs/port.js';
import { ConsumptionUnavailable } from '#consumption/port.js';
import { StoreUnavailable } from '#event-store/port.js';
import { ReadModelsUnavailable } from '#read-models/port.js';
import { VaultUnavailable } from '#vault/port.js';

export interface Patience {
  /** How long a server that does not answer is waited for, in ms. Default 0: it must answer at once. */
  readonly patienceMs?: number;
  /** Told each time before it is tried again. */
  readonly onWaiting?: (error: Error) => void;
}

const PAUSE_MS = 1_000;

/** An engine cannot do its work now; another try may succeed. */
export const isUnavailable = (error: unknown): error is Error =>
  [StoreUnavailable, ReadModelsUnavailable, BlobsUnavailable, ConsumptionUnavailable, VaultUnavailable].some(
    (kind) => error instanceof kind,
  );

/** Servers and the processes that use them are started together, and nobody says in which order they are ready. */
export async function patiently<T>(open: () => Promise<T>, { patienceMs = 0, onWaiting }: Patience): Promise<T> {
  const end = performance.now() + patienceMs;
  for (;;) {
    try {
      return await open();
    } catch (error) {
      if (!isUnavailable(error) || performance.now() >= end) throw error;
      onWaiting?.(error);
      await delay(Math.min(PAUSE_MS, patienceMs));
    }
  }
}
