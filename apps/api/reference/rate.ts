import { LRUCache } from 'lru-cache';
import { atMost } from '#lru/at-most.js';

/** Of one developer. People press a button; a script belongs in an application with a key of its own. */
export const RATE = { calls: 60, perMilliseconds: 60_000, atOnce: 4 };

const MOST_DEVELOPERS = 100_000;

export type Place =
  | { readonly granted: true; readonly leave: () => void }
  | { readonly granted: false; readonly retryAfterSeconds: number };

/**
 * Places for calls, in this process's memory: so many calls in a window that begins with the first, and so many at once.
 * @param now milliseconds since the epoch
 */
export function createRate(now: () => number, { calls, perMilliseconds, atOnce } = RATE) {
  const windows = new LRUCache<string, { taken: number; until: number }>(atMost(MOST_DEVELOPERS));
  const under = new Map<string, number>();

  return (developer: string): Place => {
    const running = under.get(developer) ?? 0;
    if (running >= atOnce) return { granted: false, retryAfterSeconds: 1 };
    let window = windows.get(developer);
    if (!window || window.until <= now()) {
      window = { taken: 0, until: now() + perMilliseconds };
      windows.set(developer, window);
    }
    if (window.taken >= calls) {
      return { granted: false, retryAfterSeconds: Math.max(1, Math.ceil((window.until - now()) / 1000)) };
    }
    window.taken += 1;
    under.set(developer, running + 1);
    return { granted: true, leave: () => leave(developer) };
  };

  function leave(developer: string): void {
    const left = under.get(developer)! - 1;
    if (left === 0) under.delete(developer);
    else under.set(developer, left);
  }
}
