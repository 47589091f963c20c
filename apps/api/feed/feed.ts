import type { EventStore, StoredEvent } from '#event-store/port.js';

export interface FeedQuery {
  /** Exclusive. */
  readonly after: bigint;
  readonly limit: number;
  readonly types?: readonly string[];
  /** A stream. */
  readonly subject?: string;
}

export interface FeedPage {
  readonly events: readonly StoredEvent[];
  /** Where to go on: everything up to here was looked at, matching or not. */
  readonly next: bigint;
  /** The log's newest position when it was asked. */
  readonly head: bigint;
}

/**
 * A part of the log in log order. Each filter has an index, so that one that matches little costs no scan; a page that is
 * not full moves the cursor to the log's head.
 */
export async function readFeed(store: EventStore, query: FeedQuery): Promise<FeedPage> {
  // Read first: what is appended meanwhile may be in the page, and is never skipped.
  const head = await store.head();
  const events = await matching(store, query);
  const last = events.at(-1)?.position ?? query.after;
  return { events, next: events.length === query.limit || last > head ? last : greater(head, query.after), head };
}

async function matching(store: EventStore, query: FeedQuery): Promise<readonly StoredEvent[]> {
  const { after, limit, types, subject } = query;
  if (subject === undefined) return store.readAll({ after, limit, ...(types ? { types } : {}) });
  const events = await store.readStream(subject);
  return events.filter((event) => isWanted(event, query)).slice(0, limit);
}

const isWanted = (event: StoredEvent, { after, types, subject }: FeedQuery): boolean =>
  event.position > after &&
  (types === undefined || types.includes(event.type)) &&
  (subject === undefined || event.stream === subject);

const greater = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/**
 * Like readFeed; if nothing matches, waits until something does or `signal` ends the wait. No event is missed between
 * reading and waiting: the ear is at the log before it is read.
 */
export async function waitForFeed(store: EventStore, query: FeedQuery, signal: AbortSignal): Promise<FeedPage> {
  let heard = (): void => undefined;
  const stopListening = store.onAppended((events) => {
    if (events.some((event) => isWanted(event, query))) heard();
  });
  try {
    for (;;) {
      const woken = new Promise<void>((resolve) => {
        heard = resolve;
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
      const page = await readFeed(store, query);
      if (page.events.length > 0 || signal.aborted) return page;
      await woken;
    }
  } finally {
    stopListening();
  }
}
