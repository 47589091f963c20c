import { setTimeout as sleep } from 'node:timers/promises';
import type { Standing, StoredEvent } from '../port.js';
import { DOMAIN_STREAMS, isTechnical } from '../technical.js';
import type { Connection } from './connection.js';
import { isTooSlow } from './failures.js';
import { backoff } from './persistent-append.js';
import { toStored } from './recorded.js';

export interface Follower {
  standing(): Standing;
  onEvents(listener: (events: readonly StoredEvent[]) => void): () => void;
  /**
   * Collects the events of a stream from a revision on, as they come by. `arrived` answers them once there are that many,
   * or undefined after so many milliseconds.
   */
  expect(stream: string, from: number, count: number): Expected;
  close(): Promise<void>;
}

export interface Expected {
  arrived(milliseconds: number): Promise<readonly StoredEvent[] | undefined>;
  cancel(): void;
}

interface Waiting {
  readonly from: number;
  readonly count: number;
  readonly events: StoredEvent[];
  readonly complete: () => void;
}

/**
 * The one subscription of a process, to all domain events of all writers. Servers drop live subscriptions under load and
 * none comes back by itself: subscribing again after the last position seen is the normal way, for ever.
 */
export function follow(
  connection: Pick<Connection, 'subscribe'>,
  from: { readonly position: bigint; readonly head: bigint },
  onError: (error: Error) => void,
): Follower {
  const listeners = new Set<(events: readonly StoredEvent[]) => void>();
  const waiting = new Map<string, Set<Waiting>>();
  const stopping = new AbortController();
  let standing: Standing = { ...from, live: false, resubscribed: 0 };
  let subscription: ReturnType<Connection['subscribe']> | undefined;

  function handle(event: StoredEvent): void {
    standing = { ...standing, position: event.position };
    if (isTechnical(event)) return;
    standing = { ...standing, head: event.position };
    for (const listener of listeners) tell(listener, event);
    for (const one of waiting.get(event.stream) ?? []) {
      if (event.revision < one.from || event.revision >= one.from + one.count) continue;
      one.events.push(event);
      if (one.events.length === one.count) one.complete();
    }
  }

  function tell(listener: (events: readonly StoredEvent[]) => void, event: StoredEvent): void {
    try {
      listener([event]);
    } catch (error) {
      onError(error as Error);
    }
  }

  /** Nothing that matches lies before this position; true only once what came before it has been handled. */
  async function reached(position: bigint): Promise<void> {
    while (subscription && subscription.readableLength > 0 && !subscription.destroyed) await turn();
    await turn();
    if (position > standing.position) standing = { ...standing, position };
  }

  async function once(): Promise<void> {
    const mine = connection.subscribe(standing.position, DOMAIN_STREAMS, reached);
    subscription = mine;
    mine.on('caughtUp', () => {
      standing = { ...standing, live: true };
    });
    for await (const resolved of mine) {
      const event = toStored(resolved);
      if (event) handle(event);
    }
  }

  async function forEver(): Promise<void> {
    for (let tries = 1; !stopping.signal.aborted; tries++) {
      const before = standing.position;
      let pause = true;
      try {
        await once();
      } catch (error) {
        pause = !isTooSlow(error);
      }
      if (stopping.signal.aborted) return;
      if (standing.position > before || standing.live) tries = 1;
      standing = { ...standing, live: false, resubscribed: standing.resubscribed + 1 };
      if (pause) await sleep(backoff(tries), undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  const running = forEver();

  return {
    standing: () => standing,
    onEvents(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    expect(stream, revision, count) {
      let complete = (): void => undefined;
      const completed = new Promise<true>((resolve) => (complete = () => resolve(true)));
      const one: Waiting = { from: revision, count, events: [], complete };
      const all = waiting.get(stream) ?? new Set();
      waiting.set(stream, all.add(one));
      return {
        async arrived(milliseconds) {
          const timer = new AbortController();
          const late = sleep(milliseconds, false, { signal: timer.signal }).catch(() => false);
          const all = await Promise.race([completed, late]);
          timer.abort();
          return all ? one.events : undefined;
        },
        cancel() {
          all.delete(one);
          if (all.size === 0 && waiting.get(stream) === all) waiting.delete(stream);
        },
      };
    },
    async close() {
      stopping.abort();
      await subscription?.unsubscribe().catch(() => undefined);
      subscription?.destroy();
      await running;
    },
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
