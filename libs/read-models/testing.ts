/** For tests of views: events from a short notation, and what a view makes of them without store or runner. */
import type { Log } from './log-reader.js';
import { toLogEvent, type LogEvent } from './log-event.js';
import type { Doc, ReadModelStore, View } from './port.js';
import type { BlobReader } from './runner.js';
import type { StoredEvent } from '#event-store/port.js';

/** A place where stores of one kind are kept, for a contract suite. */
export interface StoreHarness {
  open(): Promise<ReadModelStore>;
  destroy(): Promise<void>;
}

/** `[stream, type, data, metadata]` */
export type EventNotation = readonly [
  stream: string,
  type: string,
  data?: Readonly<Record<string, unknown>>,
  metadata?: Readonly<Record<string, string>>,
];

/** Numbers the events: positions from 1, revisions per stream, ids `event-<position>`, one second between them. */
export function storedEvents(notations: readonly EventNotation[]): StoredEvent[] {
  const revisions = new Map<string, number>();
  return notations.map(([stream, type, data = {}, metadata = {}], index) => {
    const revision = (revisions.get(stream) ?? -1) + 1;
    revisions.set(stream, revision);
    const recorded_at = new Date(Date.UTC(2026, 0, 1) + index * 1_000).toISOString();
    const place = { id: `event-${index + 1}`, position: BigInt(index + 1), stream, revision };
    return { ...place, type, data, metadata: { recorded_at, ...metadata } };
  });
}

export const logEvents = (notations: readonly EventNotation[]): LogEvent[] => storedEvents(notations).map(toLogEvent);

/** A log that only lives in memory; `events` may grow. Positions must be ascending. */
export function arrayLog(events: readonly StoredEvent[], logId = 'log-a'): Log {
  return {
    logId,
    readAll: async ({ after, limit }) => {
      const start = events.findIndex(({ position }) => position > after);
      return start < 0 ? [] : events.slice(start, start + limit);
    },
    readAt: async (position) => events.find((event) => event.position === position),
    head: async () => events.at(-1)?.position ?? 0n,
  };
}

/**
 * The plain fold of a view over events, one at a time: what every runner must arrive at. Documents are frozen, so that a
 * rule that mutates one fails, and must be JSON, so that they are the same when they come back from a store.
 */
export async function fold(
  view: View,
  events: readonly LogEvent[],
  blob: BlobReader = async () => undefined,
): Promise<Map<string, Doc>> {
  const docs = new Map<string, Doc>();
  for (const event of events) {
    const rule = view.rules[event.type];
    if (!rule) continue;
    const { ids = [], where } = rule.select(event);
    const isSelected = (doc: Doc): boolean =>
      ids.includes(doc.id) || (where !== undefined && doc[where[0]] === where[1]);
    const selected = new Map(Array.from(docs).filter(([, doc]) => isSelected(doc)));
    for (const [id, doc] of rule.reduce(selected, event, await view.load?.(event, blob))) {
      if (doc) docs.set(id, deepFreeze(asJson(doc)));
      else docs.delete(id);
    }
  }
  return docs;
}

/** Shorthand: the documents that a view makes of events in short notation. */
export const project = (
  view: View,
  notations: readonly EventNotation[],
  blob?: BlobReader,
): Promise<Map<string, Doc>> => fold(view, logEvents(notations), blob);

/** Undefined fields vanish, as in a store; anything else that JSON cannot hold is an error. */
function asJson(doc: Doc): Doc {
  const parsed = JSON.parse(JSON.stringify(doc)) as Doc;
  for (const [field, value] of Object.entries(doc)) {
    if (value !== undefined && typeof value === 'object' && value !== null && !isPlain(value)) {
      throw new TypeError(`document field ${field} is not JSON`);
    }
  }
  return parsed;
}

const isPlain = (value: object): boolean =>
  Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null;

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
