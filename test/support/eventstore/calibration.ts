import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  EventStoreDBClient,
  jsonEvent,
  type AllStreamSubscription,
  type AppendExpectedRevision,
  type EventData,
  type ResolvedEvent,
} from '@eventstore/db-client';
import { GIVEN_SERVER } from './harness.js';
import { startEventStore, type EventStoreDouble } from './server.js';

/** How the client appends: on one shared stream, or with a call each, which credentials in the call select. */
export const PATHS = [
  { path: 'BatchAppend', call: {} },
  { path: 'Append', call: { credentials: { username: 'admin', password: 'changeit' } } },
] as const;

export interface Bench {
  readonly client: EventStoreDBClient;
  /** The double, unless a server was given. */
  readonly double: EventStoreDouble | undefined;
  close(): Promise<void>;
}

/** The real client at the double, or at the server that GATEHOUSE_TEST_EVENTSTORE names: both must pass the same rows. */
export async function openBench(): Promise<Bench> {
  const double = GIVEN_SERVER ? undefined : await startEventStore();
  const client = EventStoreDBClient.connectionString(GIVEN_SERVER ?? double!.url);
  return {
    client,
    double,
    async close() {
      // It waits for ever for a read that was left in the middle.
      await Promise.race([client.dispose(), sleep(500, undefined, { ref: false })]);
      await double?.stop();
    },
  };
}

export const newName = (): string => `calibration-${randomUUID()}`;

export const event = (n = 0, id: string = randomUUID()): EventData => jsonEvent({ id, type: 'tested', data: { n } });

export interface Outcome {
  readonly revision?: bigint;
  readonly position?: bigint;
  readonly type?: string;
  readonly code?: number;
  readonly actual?: bigint | 'no_stream';
  readonly expected?: AppendExpectedRevision;
}

/** One append, its success or its error in the few words that matter. */
export async function append(
  { client }: Bench,
  stream: string,
  events: EventData | EventData[],
  expectedRevision: AppendExpectedRevision,
  call: object = {},
): Promise<Outcome> {
  try {
    const done = await client.appendToStream(stream, events, { expectedRevision, ...call });
    return { revision: done.nextExpectedRevision, ...(done.position ? { position: done.position.commit } : {}) };
  } catch (error) {
    return failureOf(error);
  }
}

export function failureOf(error: unknown): Outcome {
  const { type, code, actualVersion, expectedVersion } = error as Record<string, never>;
  return {
    ...(type === undefined ? {} : { type }),
    ...(code === undefined ? {} : { code }),
    ...(actualVersion === undefined ? {} : { actual: actualVersion }),
    ...(expectedVersion === undefined ? {} : { expected: expectedVersion }),
  };
}

/** A new stream with events 0 to count - 1, and those. */
export async function streamOf(bench: Bench, count: number): Promise<{ stream: string; events: EventData[] }> {
  const stream = newName();
  const events = Array.from({ length: count }, (_, n) => event(n));
  for (const one of events) await append(bench, stream, one, 'any');
  return { stream, events };
}

export async function idsIn({ client }: Bench, stream: string): Promise<string[]> {
  return (await all(client.readStream(stream))).map(({ event }) => event!.id);
}

export async function all(read: AsyncIterable<ResolvedEvent>): Promise<ResolvedEvent[]> {
  const found: ResolvedEvent[] = [];
  for await (const one of read) found.push(one);
  return found;
}

/** What comes of reading: event numbers, or the failure. */
export async function numbersOf(read: AsyncIterable<ResolvedEvent>): Promise<number[] | Outcome> {
  try {
    return (await all(read)).map(({ event }) => (event!.data as { n: number }).n);
  } catch (error) {
    return failureOf(error);
  }
}

/** Everything that a subscription tells, in order, until `enough` says so. */
export async function listen(
  subscription: AllStreamSubscription,
  enough: (heard: readonly string[]) => boolean,
): Promise<string[]> {
  const heard: string[] = [];
  await new Promise<void>((resolve) => {
    const hear = (what: string): void => {
      heard.push(what);
      if (enough(heard)) resolve();
    };
    subscription.on('confirmation', () => hear('confirmation'));
    subscription.on('caughtUp', () => hear('caughtUp'));
    subscription.on('error', (error) => hear(`error ${failureOf(error).code}`));
    subscription.on('data', ({ event }: ResolvedEvent) =>
      hear(String((event!.data as { n?: number }).n ?? event!.type)),
    );
  });
  return heard;
}
