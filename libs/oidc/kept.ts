import { LRUCache } from 'lru-cache';

export interface KeptOptions {
  readonly now: () => number;
  readonly maximum: number;
  /** After this long it is fetched again. */
  readonly freshMs: number;
  /** While fetching fails, what was fetched last serves until this age. */
  readonly usableMs: number;
  /** After a failure it is not tried again for this long. */
  readonly retryMs: number;
}

interface Entry<T> {
  value?: T;
  fetchedAt: number;
  triedAt: number;
  failure?: unknown;
  pending?: Promise<T>;
}

/** Values by key that are fetched when needed, once at a time, refreshed by age, and outlive a bounded outage of their source. */
export interface Kept<T> {
  get(key: string, fetch: () => Promise<T>): Promise<T>;
  /** Fetches unless the last try is younger than `everyMs`; what is known then, else the failure. */
  refresh(key: string, fetch: () => Promise<T>, everyMs: number): Promise<T>;
}

export function kept<T>({ now, maximum, freshMs, usableMs, retryMs }: KeptOptions): Kept<T> {
  const entries = new LRUCache<string, Entry<T>>({ max: maximum });

  function entryOf(key: string): Entry<T> {
    const known = entries.get(key);
    if (known) return known;
    const entry: Entry<T> = { fetchedAt: -Infinity, triedAt: -Infinity };
    entries.set(key, entry);
    return entry;
  }

  function known(entry: Entry<T>): T {
    if (entry.value !== undefined && now() - entry.fetchedAt < usableMs) return entry.value;
    throw entry.failure;
  }

  async function load(entry: Entry<T>, fetch: () => Promise<T>): Promise<T> {
    entry.triedAt = now();
    entry.pending ??= fetch().finally(() => delete entry.pending);
    try {
      entry.value = await entry.pending;
      entry.fetchedAt = now();
      delete entry.failure;
      return entry.value;
    } catch (error) {
      entry.failure = error;
      return known(entry);
    }
  }

  return {
    async get(key, fetch) {
      const entry = entryOf(key);
      if (entry.value !== undefined && now() - entry.fetchedAt < freshMs) return entry.value;
      const wait = entry.failure !== undefined && now() - entry.triedAt < retryMs;
      return wait ? known(entry) : load(entry, fetch);
    },
    async refresh(key, fetch, everyMs) {
      const entry = entryOf(key);
      if (entry.pending) return load(entry, fetch);
      if (now() - entry.triedAt >= everyMs) return load(entry, fetch);
      return known(entry);
    },
  };
}
