import { setTimeout as delay } from 'node:timers/promises';

/** Does something again and again, with a pause after each time; the function returned ends it. An error ends nothing. */
export function repeat(
  ms: number,
  work: () => Promise<unknown>,
  onError: (error: unknown) => void,
): () => Promise<void> {
  const stopping = new AbortController();
  const { signal } = stopping;
  const running = (async () => {
    while (!signal.aborted) {
      await work().catch(onError);
      await delay(ms, undefined, { signal }).catch(() => undefined);
    }
  })();
  return () => {
    stopping.abort();
    return running;
  };
}

/** The first of a row of errors only: an outage is told once. */
export function firstOnly(onError: (error: unknown) => void, quietMs = 10_000): (error: unknown) => void {
  let last = -Infinity;
  return (error) => {
    const now = performance.now();
    if (now - last > quietMs) onError(error);
    last = now;
  };
}
