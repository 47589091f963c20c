import { setTimeout as sleep } from 'node:timers/promises';
import { canonicalBody } from '../canonical.js';
import { StoreUnavailable, type NewStoredEvent, type StoredEvent, type WrongRevision } from '../port.js';
import type { Connection } from './connection.js';
import { appendFailure } from './failures.js';
import { toProposed } from './recorded.js';
import type { Streams, Written } from './streams.js';

export interface Patience {
  /** How long an append whose outcome is open is repeated. Default 15,000 ms. */
  readonly openMs?: number;
  /** How long one that could not be sent is repeated. Default 1,000 ms. */
  readonly notSentMs?: number;
  /** Appends under way beyond which new ones are turned away. Default 1,000. */
  readonly maxInFlight?: number;
}

/**
 * Appends whose outcome is known when they answer. After a lost connection or a time-out the same events are sent again
 * at the same expected revision, where the server recognises them; at a revision read afresh it would store them twice.
 */
export function persistentStreams(connection: Connection, patience: Patience = {}): Streams {
  const { openMs = 15_000, notSentMs = 1_000, maxInFlight = 1_000 } = patience;
  let inFlight = 0;

  async function append(
    stream: string,
    expectedRevision: number,
    events: readonly NewStoredEvent[],
  ): Promise<Written | WrongRevision> {
    const proposed = events.map((event) => toProposed(event.id, canonicalBody(event)));
    const started = performance.now();
    let open = false;
    for (let tries = 1; ; tries++) {
      try {
        const position = await connection.append(stream, expectedRevision, proposed);
        if (position === undefined) throw new StoreUnavailable(`Events of ${stream} have been deleted on the server`);
        return { outcome: 'written', position };
      } catch (error) {
        if (error instanceof StoreUnavailable) throw error;
        const failure = appendFailure(error);
        if (failure.kind === 'wrong-revision') {
          // After a change of leader the refusal may be of a repeat.
          const stored = open ? await readBack(stream, expectedRevision, events) : undefined;
          return stored
            ? { outcome: 'written', position: stored.position }
            : { outcome: 'wrong-revision', actualRevision: failure.actualRevision };
        }
        if (failure.kind === 'too-large') throw new RangeError(failure.reason, { cause: error });
        if (failure.kind === 'refused')
          throw new StoreUnavailable(`The event store refused this: ${failure.reason}`, { cause: error });
        open ||= failure.kind === 'open';
        if (performance.now() - started > (open ? openMs : notSentMs)) {
          const standing = open ? 'it may be stored' : 'nothing was stored';
          throw new StoreUnavailable(`The event store cannot be reached (${failure.reason}; ${standing}): try again`, {
            cause: error,
          });
        }
        await sleep(backoff(tries));
      }
    }
  }

  /** The last of the events, if they stand where this append would have put them. */
  async function readBack(
    stream: string,
    expectedRevision: number,
    events: readonly NewStoredEvent[],
  ): Promise<StoredEvent | undefined> {
    const found = await connection.readStream(stream, { from: expectedRevision + 1, limit: events.length });
    return events.every(({ id }, index) => found[index]?.id === id) ? found.at(-1) : undefined;
  }

  return {
    async append(stream, expectedRevision, events) {
      if (inFlight >= maxInFlight) {
        throw new StoreUnavailable(`The event store has ${maxInFlight} appends under way: try again later`);
      }
      inFlight++;
      try {
        return await append(stream, expectedRevision, events);
      } finally {
        inFlight--;
      }
    },
    readStream: (stream, options) => connection.readStream(stream, options),
  };
}

/** Jittered, from some 25 ms up to a second. */
export const backoff = (tries: number): number =>
  Math.min(1_000, 25 * 2 ** Math.min(tries, 10)) * (0.5 + Math.random() / 2);
