import { setTimeout as wait } from 'node:timers/promises';
import type { VaultStore } from '#vault/port.js';
import { heldAfter } from '../held-claims.js';
import {
  StoreUnavailable,
  type Append,
  type AppendResult,
  type EventStore,
  type Standing,
  type StoredEvent,
} from '../port.js';
import { prepareAppend } from '../prepare.js';
import { isTechnical } from '../technical.js';
import { UNFINISHED } from '../transfer.js';
import { arrivalOn } from './arrival.js';
import { claimedAppend } from './claimed-append.js';
import { claimsOn } from './claims.js';
import { connect, type Connection, type ConnectionOptions } from './connection.js';
import { follow } from './follower.js';
import { knownIds } from './known-ids.js';
import { logIdOn } from './log-id.js';
import { persistentStreams, type Patience } from './persistent-append.js';
import { receiptsIn, recordedAppend } from './receipts.js';
import type { ReadOptions, Streams } from './streams.js';
import { wholeLog } from './whole-log.js';

export interface EventStoreDbOptions extends ConnectionOptions, Patience {
  /** Keeps the receipts. */
  readonly vault: VaultStore;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** Told of what an onAppended listener threw. Default: a process warning. */
  readonly onError?: (error: Error) => void;
}

export interface EventStoreDb extends EventStore {
  /** How far this process follows the log: how fresh what it keeps in memory is. */
  standing(): Standing;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** How long an answer waits for its events to come by on the subscription, before they are read instead. */
const ARRIVAL_MS = 250;

/** The event log on an EventStoreDB server, 22.10 or later, shared by any number of processes. */
export async function openEventStoreDb(options: EventStoreDbOptions): Promise<EventStoreDb> {
  const connection = await connect(options);
  try {
    return await eventStoreOver(connection, options);
  } catch (error) {
    await connection.close();
    throw error;
  }
}

async function eventStoreOver(connection: Connection, options: EventStoreDbOptions): Promise<EventStoreDb> {
  const { vault, now = Date.now, onError = (error) => process.emitWarning(error) } = options;
  const streams = persistentStreams(connection, options);
  const timing = { now, sleep: (milliseconds: number) => wait(milliseconds) };
  const logId = await logIdOn(streams);
  if ((await arrivalOn(streams))?.finished === false) throw new Error(`The event log cannot be opened: ${UNFINISHED}`);
  const log = wholeLog(connection);
  const claims = claimsOn(streams, timing);
  const receipts = receiptsIn(vault, streams, timing);
  const known = knownIds(streams);
  const follower = follow(connection, await log.end(), onError);
  follower.onEvents((events) => {
    for (const event of events) known.learn(event.stream, [event]);
  });
  const running = new Map<string, Promise<unknown>>();
  const underWay = new Set<Promise<unknown>>();
  let closed = false;

  function open(): void {
    if (closed) throw new StoreUnavailable('The event store is closed');
  }

  async function appendEvents(append: Append): Promise<AppendResult> {
    const { stream, expectedRevision, events } = append;
    const expected = follower.expect(stream, expectedRevision + 1, events.length);
    try {
      const result = await claimedAppend(append, { streams, claims, known });
      if (result.outcome !== 'written') return result;
      const { position } = result;
      // A repeat of what came by long ago does not come by again.
      const patience = position > follower.standing().position ? ARRIVAL_MS : 0;
      const stored = (await expected.arrived(patience)) ?? (await readBack(streams, append));
      return { outcome: 'appended', position, revision: expectedRevision + events.length, events: stored };
    } finally {
      expected.cancel();
    }
  }

  async function tracked<T>(key: string | undefined, work: Promise<T>): Promise<T> {
    underWay.add(work);
    if (key !== undefined) running.set(key, work);
    try {
      return await work;
    } finally {
      underWay.delete(work);
      if (key !== undefined && running.get(key) === work) running.delete(key);
    }
  }

  return {
    logId,
    async append(append) {
      open();
      const prepared = prepareAppend(append);
      checkForServer(append);
      const events = prepared.bodies.map((body, index) => ({ id: append.events[index]!.id, ...JSON.parse(body) }));
      return tracked(append.receipt?.key, recordedAppend({ ...append, events }, receipts, appendEvents));
    },
    async readStream(stream, { technical = false, ...read } = {}) {
      open();
      const events = await streams.readStream(stream, read);
      if (read.from === undefined && !read.backwards) known.learn(stream, events);
      return technical ? events : domainEvents(streams, stream, read, events);
    },
    async readAll(read) {
      open();
      return log.after(read);
    },
    async readAt(position) {
      open();
      return log.at(position);
    },
    async head() {
      open();
      return (await log.end(follower.standing())).head;
    },
    async ownerOf(claim) {
      open();
      return claims.ownerOf(claim);
    },
    onAppended: (listener) => follower.onEvents(listener),
    async receipt(key) {
      open();
      return receipts.find(key);
    },
    async sealReceipt(key, sealed) {
      open();
      await running.get(key)?.catch(() => undefined);
      await receipts.seal(key, sealed);
    },
    standing: () => follower.standing(),
    async close() {
      if (closed) return;
      closed = true;
      await Promise.allSettled(underWay);
      await follower.close();
      await connection.close();
    },
  };
}

/** What the server would refuse or take for something else, and what would make claims unreadable from the events. */
function checkForServer({ events, claims }: Append): void {
  for (const { id } of events) {
    if (!UUID.test(id)) throw new TypeError('the id of an event is not a lower-case UUID');
  }
  const told = heldAfter(events);
  const taken = claims?.take ?? [];
  if (taken.length !== told.size || taken.some((claim) => !told.has(claim))) {
    throw new TypeError(`claims and the events' metadata.claims differ: an append takes what its events take`);
  }
}

/** A page without its technical events, filled up from the pages after it. */
async function domainEvents(
  streams: Streams,
  stream: string,
  { backwards = false, limit }: ReadOptions,
  page: readonly StoredEvent[],
): Promise<readonly StoredEvent[]> {
  const found = page.filter((event) => !isTechnical(event));
  const last = page.at(-1);
  const next = last && last.revision + (backwards ? -1 : 1);
  if (limit === undefined || next === undefined || next < 0 || found.length === page.length) return found;
  const more = { from: next, backwards, limit: limit - found.length };
  return [...found, ...(await domainEvents(streams, stream, more, await streams.readStream(stream, more)))];
}

async function readBack(
  streams: Streams,
  { stream, expectedRevision, events }: Append,
): Promise<readonly StoredEvent[]> {
  const stored = await streams.readStream(stream, { from: expectedRevision + 1, limit: events.length });
  if (stored.length < events.length) {
    throw new StoreUnavailable(`The event store does not show yet what it stored in ${stream}: try again`);
  }
  return stored;
}
