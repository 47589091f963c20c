import { setTimeout as wait } from 'node:timers/promises';
import type { AllStreamSubscription, EventStoreDBClient, ResolvedEvent } from '@eventstore/db-client';
import { StoreUnavailable, type StoredEvent } from '../port.js';
import { isMissingStream, isRefusal, TimedOut, unreadable } from './failures.js';
import { toStored, type Proposed } from './recorded.js';
import type { ReadOptions } from './streams.js';

export interface ConnectionOptions {
  /** `esdb://` or `esdb+discover://`, as @eventstore/db-client takes it. Holds the password: never logged. */
  readonly connectionString: string;
  /** Milliseconds for one append, one read. Default 10,000. */
  readonly deadlineMs?: number;
  /**
   * Which way of the client appends take. 'call' (default): a call each. 'batch': all on one stream, up to twice as fast,
   * and when it breaks every append under way has to be repeated. Only for one client in a process.
   */
  readonly appendBy?: 'call' | 'batch';
}

/** One client, with a timer around everything: reads and the batch path have no deadline of their own. */
export interface Connection {
  /** One try; rejects with the client's own error. */
  append(stream: string, expectedRevision: number, events: readonly Proposed[]): Promise<bigint | undefined>;
  readStream(stream: string, options?: ReadOptions): Promise<readonly StoredEvent[]>;
  /** From a position, inclusive forwards and exclusive backwards; technical events included. */
  readAll(from: bigint | 'start' | 'end', backwards: boolean, limit: number): Promise<readonly StoredEvent[]>;
  subscribe(after: bigint, streams: string, reached: (position: bigint) => Promise<void>): AllStreamSubscription;
  close(): Promise<void>;
}

/** Reads that fail on a broken connection are tried once more: the client mends it for the next call only. */
const READ_TRIES = 3;
const DISPOSE_MS = 1_000;
const MAX_POSITION = 2n ** 63n - 1n;

/** Loads the client, which nobody needs who has no server. Connects with the first call. */
export async function connect(options: ConnectionOptions): Promise<Connection> {
  const { connectionString, deadlineMs = 10_000, appendBy = 'call' } = options;
  keepOutOfDebugLog();
  const { EventStoreDBClient } = await import('@eventstore/db-client');
  const client = openClient(EventStoreDBClient, connectionString);
  const credentials = credentialsFor(connectionString);
  const authenticated = credentials ? { credentials } : {};

  /** Reads all of what is asked for, or rejects when nothing comes for too long. */
  async function read(open: () => AsyncIterable<ResolvedEvent> & { cancel(): Promise<void> }): Promise<StoredEvent[]> {
    for (let tries = 1; ; tries++) {
      const stream = open();
      try {
        return await within(deadlineMs, collect(stream));
      } catch (error) {
        if (isMissingStream(error)) return [];
        void stream.cancel().catch(() => undefined);
        if (tries === READ_TRIES || error instanceof TimedOut || isRefusal(error)) throw error;
      }
    }
  }

  return {
    async append(stream, expectedRevision, events) {
      const sent = client.appendToStream(stream, [...events], {
        expectedRevision: expectedRevision === -1 ? 'no_stream' : BigInt(expectedRevision),
        deadline: deadlineMs,
        ...(appendBy === 'call' ? authenticated : {}),
      });
      const { position } = await within(deadlineMs + 500, sent);
      return position?.commit;
    },
    async readStream(stream, { from, backwards = false, limit } = {}) {
      if (limit !== undefined && limit <= 0) return [];
      return read(() =>
        client.readStream(stream, {
          direction: backwards ? 'backwards' : 'forwards',
          fromRevision: from === undefined ? (backwards ? 'end' : 'start') : BigInt(from),
          ...(limit === undefined ? {} : { maxCount: limit }),
          ...authenticated,
        }),
      ).catch((error: unknown) => Promise.reject(unreadable(error)));
    },
    readAll(from, backwards, limit) {
      if (typeof from === 'bigint' && from > MAX_POSITION) return Promise.resolve([]);
      return read(() =>
        client.readAll({
          direction: backwards ? 'backwards' : 'forwards',
          fromPosition: typeof from === 'bigint' ? { commit: from, prepare: from } : from,
          maxCount: limit,
          ...authenticated,
        }),
      );
    },
    subscribe: (after, streams, reached) =>
      client.subscribeToAll({
        fromPosition: after === 0n ? 'start' : { commit: after, prepare: after },
        filter: {
          filterOn: 'streamName',
          regex: streams,
          checkpointInterval: 10,
          checkpointReached: (_, position) => reached(position.commit),
        },
        ...authenticated,
      }),
    async close() {
      // It waits for ever for a read that was given up in the middle.
      await Promise.race([client.dispose(), wait(DISPOSE_MS, undefined, { ref: false })]);
    },
  };
}

async function collect(stream: AsyncIterable<ResolvedEvent>): Promise<StoredEvent[]> {
  const events: StoredEvent[] = [];
  for await (const resolved of stream) {
    const event = toStored(resolved);
    if (event) events.push(event);
  }
  return events;
}

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TimedOut('no answer in time')), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** With DEBUG=esdb or * the client prints the connection string and every call, passwords included. */
function keepOutOfDebugLog(): void {
  const wanted = process.env['DEBUG'];
  if (wanted) process.env['DEBUG'] = `${wanted},-esdb,-esdb:*`;
}

/** The client's own message quotes the connection string with the password in it. */
function openClient(Client: typeof EventStoreDBClient, connectionString: string): EventStoreDBClient {
  try {
    return Client.connectionString(connectionString);
  } catch {
    throw new StoreUnavailable(
      'The event store’s connection string cannot be read: give esdb://user:password@host:2113 or esdb+discover://…',
    );
  }
}

/**
 * Credentials given with each call select the plain append, which keeps its deadline, types its errors and does not share
 * one stream with every other append of the process. An insecure server ignores what they say. A secure one that knows
 * its clients by certificate gets none, and the batch path, which the own timer makes safe.
 */
function credentialsFor(connectionString: string): { username: string; password: string } | undefined {
  const given = /^[^:]+:\/\/([^:@/]+):([^@]+)@/.exec(connectionString.trim());
  if (given) return { username: decodeURIComponent(given[1]!), password: decodeURIComponent(given[2]!) };
  return /[?&]tls=false(&|$)/i.test(connectionString) ? { username: 'gatehouse', password: '' } : undefined;
}
