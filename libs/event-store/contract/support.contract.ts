import { randomUUID } from 'node:crypto';
import type { Append, Appended, AppendResult, ClaimChange, EventStore, NewStoredEvent } from '../port.js';

/** One log that the suite may open, close and open again. */
export interface Harness {
  /** It may hold events of others already: a server that the suite was pointed at. */
  readonly shared?: true;
  /** The first opening of a new, empty log. */
  open(): Promise<EventStore>;
  /** Closes the log and opens it again, as a restart does. */
  reopen(): Promise<EventStore>;
  /** Closes the log and removes it. */
  destroy(): Promise<void>;
}

export type MakeHarness = () => Harness | Promise<Harness>;

export const newStream = (): string => `application-${randomUUID()}`;

export function newEvent(data: Record<string, unknown> = {}, type = 'application.created.v1'): NewStoredEvent {
  return {
    id: randomUUID(),
    type,
    data,
    metadata: { command: 'CreateApplication', recorded_at: '2026-01-01T00:00:00.000Z' },
  };
}

export const newEvents = (count: number): NewStoredEvent[] => Array.from({ length: count }, (_, n) => newEvent({ n }));

/** The events with what the append takes and drops written into the first, as servers need it. */
export function claiming(events: readonly NewStoredEvent[], claims: ClaimChange): readonly NewStoredEvent[] {
  const [first, ...rest] = events;
  return [{ ...first!, metadata: { ...first!.metadata, claims: JSON.stringify(claims) } }, ...rest];
}

/** An append that must succeed. */
export async function appendTo(
  store: EventStore,
  stream: string,
  expectedRevision: number,
  events: readonly NewStoredEvent[] = [newEvent()],
  rest: Pick<Append, 'claims' | 'receipt'> = {},
): Promise<Appended> {
  const told = rest.claims ? claiming(events, rest.claims) : events;
  const result = await store.append({ stream, expectedRevision, events: told, ...rest });
  if (result.outcome !== 'appended') throw new Error(`append to ${stream} at ${expectedRevision}: ${result.outcome}`);
  return result;
}

/** A stream with so many events, made by appends of one each. */
export async function streamOf(store: EventStore, count: number): Promise<string> {
  const stream = newStream();
  for (let revision = -1; revision < count - 1; revision++) await appendTo(store, stream, revision);
  return stream;
}

export const outcomes = (results: readonly AppendResult[], outcome: AppendResult['outcome']): number =>
  results.filter((result) => result.outcome === outcome).length;
