import type { ReadAllOptions, StoredEvent } from '../port.js';
import { isTechnical } from '../technical.js';
import type { Connection } from './connection.js';
import { isSenseless, unreadable } from './failures.js';

const SMALLEST_PAGE = 16;
const PAGE = 512;

export interface WholeLog {
  after(options: ReadAllOptions): Promise<readonly StoredEvent[]>;
  at(position: bigint): Promise<StoredEvent | undefined>;
  /**
   * The newest event of any kind, and the newest domain event. What has been seen of the log already need not be looked
   * through again.
   */
  end(seen?: { readonly position: bigint; readonly head: bigint }): Promise<{ position: bigint; head: bigint }>;
}

/** Reads of `$all`. The client ignores filters there, so technical events and other types are dropped here, page by page. */
export function wholeLog(connection: Pick<Connection, 'readAll'>): WholeLog {
  async function after({ after, limit, types }: ReadAllOptions): Promise<readonly StoredEvent[]> {
    const wanted = types && new Set(types);
    const found: StoredEvent[] = [];
    let from = after < 0n ? -1n : after;
    while (found.length < limit && wanted?.size !== 0) {
      // One more than needed: the event at the position itself comes first and is known.
      const size = wanted ? PAGE : Math.min(PAGE, limit - found.length + 1);
      const page = await connection.readAll(from <= 0n ? 'start' : from, false, size);
      for (const event of page) {
        if (event.position > from && !isTechnical(event) && (!wanted || wanted.has(event.type))) found.push(event);
      }
      const last = page.at(-1)?.position;
      if (page.length < size || last === undefined || last === from) break;
      from = last;
    }
    return found.slice(0, limit);
  }

  async function at(position: bigint): Promise<StoredEvent | undefined> {
    if (position <= 0n) return undefined;
    try {
      const [event] = await connection.readAll(position, false, 1);
      return event?.position === position && !isTechnical(event) ? event : undefined;
    } catch (error) {
      // A position of another log may lie inside a record of this one.
      if (isSenseless(error)) return undefined;
      throw error;
    }
  }

  async function end(seen = { position: -1n, head: 0n }): Promise<{ position: bigint; head: bigint }> {
    let from: bigint | 'end' = 'end';
    let newest = 0n;
    for (let size = SMALLEST_PAGE; ; size = Math.min(PAGE, size * 4)) {
      const page = await connection.readAll(from, true, size);
      newest ||= page[0]?.position ?? 0n;
      for (const event of page) {
        if (event.position <= seen.position) return { position: newest, head: seen.head };
        if (!isTechnical(event)) return { position: newest, head: event.position };
      }
      if (page.length < size) return { position: newest, head: 0n };
      from = page.at(-1)!.position;
    }
  }

  const typed =
    <A extends unknown[], R>(read: (...args: A) => Promise<R>) =>
    (...args: A): Promise<R> =>
      read(...args).catch((error: unknown) => Promise.reject(unreadable(error)));

  return { after: typed(after), at: typed(at), end: typed(end) };
}
