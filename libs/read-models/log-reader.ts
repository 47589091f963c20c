import type { EventStore, StoredEvent } from '#event-store/port.js';
import { toLogEvent, type LogEvent } from './log-event.js';

/** What views need of the event store. */
export type Log = Pick<EventStore, 'logId' | 'readAll' | 'readAt' | 'head'>;

export interface LogReader {
  readonly logId: string;
  /** Position of the newest event; 0n for an empty log. */
  head(): Promise<bigint>;
  /** Up to `limit` events after a position (exclusive), in log order; at least one if there are any. */
  after(position: bigint, limit: number): Promise<readonly LogEvent[]>;
  at(position: bigint): Promise<LogEvent | undefined>;
}

interface Batch {
  readonly after: bigint;
  readonly last: bigint;
  readonly events: readonly LogEvent[];
}

/**
 * Reads the log for many runners: they step through the same range one after the other, so that the last few batches are
 * kept decoded and each is read and parsed once.
 */
export function createLogReader(
  log: Log,
  { keep = 2, decode = toLogEvent }: { keep?: number; decode?: (stored: StoredEvent) => LogEvent } = {},
): LogReader {
  let batches: readonly Batch[] = [];
  /** Reads under way: runners that step at the same time ask for the same. */
  const reading = new Map<string, Promise<readonly LogEvent[]>>();

  async function read(position: bigint, limit: number): Promise<readonly LogEvent[]> {
    const events = (await log.readAll({ after: position, limit })).map(decode);
    const last = events.at(-1);
    if (last) batches = [{ after: position, last: last.position, events }, ...batches].slice(0, keep);
    return events;
  }

  return {
    logId: log.logId,
    head: () => log.head(),
    async at(position) {
      const stored = await log.readAt(position);
      return stored && decode(stored);
    },
    async after(position, limit) {
      const kept = batches.find((batch) => batch.after <= position && position < batch.last);
      if (kept) return slice(kept, position, limit);
      const key = `${position} ${limit}`;
      let same = reading.get(key);
      if (!same) reading.set(key, (same = read(position, limit).finally(() => reading.delete(key))));
      return same;
    },
  };
}

function slice({ events, after }: Batch, position: bigint, limit: number): readonly LogEvent[] {
  const start = after === position ? 0 : events.findIndex((event) => event.position > position);
  return start === 0 && events.length <= limit ? events : events.slice(start, start + limit);
}
