import { setTimeout as delay } from 'node:timers/promises';
import { PRODUCTION_BACKOFF, type Backoff } from './backoff.js';
import { openPlace, type ReactorLog } from './checkpoint.js';
import { FencedOff, type Fence } from './fence.js';
import { heardUpTo } from './heard.js';
import { createOutbox } from './outbox.js';
import { openQueue, type QueueStatus } from './queue.js';
import { EffectFailed, type NewEffect, type Reactor } from './reactor.js';
import { newerThan } from './newer-types.js';
import { createBell } from '#read-models/bell.js';
import { toLogEvent } from '#read-models/log-event.js';
import type { VaultStore } from '#vault/port.js';

export interface ReactorStatus extends QueueStatus {
  readonly name: string;
  /** Up to where the log's events have been taken into the outbox. */
  readonly position: bigint;
  /** Why it goes no further: an event that only a newer release can follow up on. */
  readonly blocked?: string;
}

export interface ReactorRunner {
  readonly name: string;
  start(): void;
  /** Says that the log, or the time, has moved on. */
  poke(): void;
  /** Takes effects that no event calls for. */
  offer(effects: readonly NewEffect[]): Promise<void>;
  status(): ReactorStatus;
  /** Tries parked effects again; their number. */
  retryParked(): Promise<number>;
  /** Resolves when the log has been read to its end and nothing that is due is left. */
  settled(): Promise<void>;
  /** Lets what is under way end, for a while. What is not done is done after the next start. */
  stop(): Promise<void>;
}

export interface RunnerOptions {
  readonly reactor: Reactor;
  readonly log: ReactorLog;
  readonly vault: VaultStore;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  readonly backoff?: Backoff;
  /** Effects performed at once; default 8. */
  readonly parallel?: number;
  /** How often the log is looked at unasked, in ms; default 5,000. */
  readonly pollMs?: number;
  /** Where several processes could run the reactor: the lease that lets this one. */
  readonly fence?: Fence;
  readonly onError?: (error: unknown, reactor: string) => void;
}

const BATCH = 200;
/** Events are left in the log while so many effects are due. */
const MAX_DUE = 2_000;
/** How far the checkpoint may stay behind while nothing is to be done. */
const UNSAVED = 1_000n;
const PAUSE_AFTER_ERROR_MS = 1_000;
/** The lease has run out; it may come back, or another process has it by now. */
const PAUSE_WITHOUT_LEASE_MS = 200;
const STOP_MS = 10_000;

/**
 * Runs one reactor. Events are first taken into the outbox, one row per effect; then the checkpoint moves on; effects are
 * performed from the rows, so that a slow or failing one holds up no other. The place of a new reactor is stored before
 * this resolves: whatever is appended from then on reaches it.
 * @throws FencedOff if another process has become its owner since
 */
export async function createReactorRunner(options: RunnerOptions): Promise<ReactorRunner> {
  const { reactor, log, vault, now = Date.now, pollMs = 5_000, fence, onError } = options;
  const report = (error: unknown) => onError?.(error, reactor.name);
  const bell = createBell();
  const stopping = new AbortController();
  const waitingForCalm: (() => void)[] = [];
  let loop: Promise<void> | undefined;
  const place = await openPlace(vault, log, reactor, report, fence?.token);
  let { position } = place;
  let saved = position;
  let blocked: ReactorStatus['blocked'];
  const queue = await openQueue({
    reactor,
    outbox: createOutbox(vault, reactor.name, now),
    log,
    now,
    backoff: options.backoff ?? PRODUCTION_BACKOFF,
    parallel: options.parallel ?? 8,
    signal: stopping.signal,
    ...(fence && { fence }),
    report,
    onEnded: bell.ring,
  });
  const types = new Set(reactor.types);
  const read = [...types, ...newerThan(types)];
  const unsubscribe = log.onAppended((events) => {
    if (events.some(({ type }) => read.includes(type))) bell.ring();
  });

  /** Takes the effects of the next events. True: there may be more. */
  async function intake(): Promise<boolean> {
    const head = heardUpTo(log, await log.head());
    if (head <= position || queue.isDue(MAX_DUE) || blocked) return false;
    const newer = await log.readAll({ after: position, limit: BATCH, types: read });
    const found = newer.filter((event) => event.position <= head).map(toLogEvent);
    const unknown = found.findIndex(({ type }) => !types.has(type));
    const events = unknown < 0 ? found : found.slice(0, unknown);
    const effects: NewEffect[] = [];
    for (const event of events) {
      if (!reactor.concerns || (await reactor.concerns(event)))
        effects.push({ key: event.id, position: event.position });
    }
    if (effects.length > 0) await queue.take(effects);
    const isFull = found.length === BATCH;
    const stopsAt = found[unknown];
    const reached = stopsAt || isFull ? (events.at(-1)?.position ?? position) : head;
    // events that called for nothing are quickly read again
    if (effects.length > 0 || reached - saved >= UNSAVED) {
      await place.save(reached);
      saved = reached;
    }
    position = reached;
    if (stopsAt) {
      blocked = `Stopped before an event of type ${stopsAt.type}, newer than this release: run the newer one`;
      report(new EffectFailed(blocked));
    }
    return isFull && !stopsAt;
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        if (fence && !fence.isHeld()) {
          await bell.wait(PAUSE_WITHOUT_LEASE_MS, () => stopping.signal.aborted);
          continue;
        }
        const more = await intake();
        queue.startDue();
        if (more) continue;
        await tellCalm();
        await bell.wait(queue.untilDue(pollMs));
      } catch (error) {
        report(error);
        if (error instanceof FencedOff) stopping.abort();
        await bell.wait(PAUSE_AFTER_ERROR_MS, () => stopping.signal.aborted);
      }
    }
    await queue.ended();
  }

  async function tellCalm(): Promise<void> {
    if (waitingForCalm.length === 0 || !queue.isCalm()) return;
    if ((await log.head()) > position) bell.ring();
    else for (const tell of waitingForCalm.splice(0)) tell();
  }

  return {
    name: reactor.name,
    start() {
      loop ??= run();
    },
    poke: bell.ring,
    async offer(effects) {
      await queue.take(effects);
      bell.ring();
    },
    status: () => ({ name: reactor.name, position, ...(blocked && { blocked }), ...queue.status() }),
    async retryParked() {
      blocked = undefined;
      const count = await queue.retryParked();
      bell.ring();
      return count;
    },
    settled() {
      const calm = new Promise<void>((resolve) => waitingForCalm.push(resolve));
      bell.ring();
      return calm;
    },
    async stop() {
      stopping.abort();
      unsubscribe();
      bell.ring();
      await Promise.race([loop, delay(STOP_MS, undefined, { ref: false })]);
      for (const tell of waitingForCalm.splice(0)) tell();
    },
  };
}
