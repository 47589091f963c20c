import { pauseAfter, type Backoff } from './backoff.js';
import type { ReactorLog } from './checkpoint.js';
import { RowChanged, type Kept, type Outbox, type Row } from './outbox.js';
import { FencedOff, type Fence } from './fence.js';
import { hearing } from './heard.js';
import { EffectFailed, type Effect, type NewEffect, type Reactor } from './reactor.js';
import { toLogEvent } from '#read-models/log-event.js';
import { describeError } from '#read-models/view-error.js';

/** An effect that was given up until somebody retries it. */
export interface Parked {
  readonly key: string;
  /** ISO 8601: when it was taken. */
  readonly since: string;
  readonly tries: number;
  readonly error: string;
}

export interface QueueStatus {
  /** Effects under way or to be tried (again). */
  readonly waiting: number;
  /** Of those, how many have failed at least once. */
  readonly retrying: number;
  /** Effects given up, until they are retried. */
  readonly parked: number;
  /** The first of them. */
  readonly problems: readonly Parked[];
  /** Long effects under way, by key. */
  readonly progress: readonly { readonly key: string; readonly done: number; readonly total: number }[];
}

/** A reactor's effects that are not done: performed side by side, tried again after growing pauses, at last parked. */
export interface Queue {
  take(effects: readonly NewEffect[]): Promise<void>;
  /** Starts what is due, as far as there is room. */
  startDue(): void;
  /** Whether at least so many are due and not under way. */
  isDue(count: number): boolean;
  /** Nothing is under way or due. */
  isCalm(): boolean;
  /** Milliseconds until startDue has something to do, at most `limit`. */
  untilDue(limit: number): number;
  retryParked(): Promise<number>;
  status(): QueueStatus;
  /** Resolves when nothing is under way. */
  ended(): Promise<void>;
}

export interface QueueOptions {
  readonly reactor: Reactor;
  readonly outbox: Outbox;
  readonly log: Pick<ReactorLog, 'readAt' | 'standing'>;
  readonly now: () => number;
  readonly backoff: Backoff;
  readonly parallel: number;
  readonly signal: AbortSignal;
  /** Absent: no other process runs the reactor. */
  readonly fence?: Fence;
  readonly report: (error: unknown) => void;
  /** An effect has ended, well or not. */
  readonly onEnded: () => void;
}

const SHOWN_PROBLEMS = 20;

/** The queue with what an earlier process left unfinished. */
export async function openQueue(options: QueueOptions): Promise<Queue> {
  const { reactor, outbox, log, now, backoff, parallel, signal, fence, report, onEnded } = options;
  const rows = new Map<string, Kept>();
  const running = new Map<string, Promise<void>>();
  const progress = new Map<string, { readonly done: number; readonly total: number }>();
  for (const kept of await outbox.unfinished()) rows.set(kept.row.key, kept);

  const idle = (): Row[] =>
    [...rows.values()].map(({ row }) => row).filter(({ state, key }) => state === 'taken' && !running.has(key));

  /** Asked at every turn: it looks no further than needed. */
  function isDue(count: number): boolean {
    if (rows.size < count) return false;
    const time = now();
    let found = 0;
    for (const { row } of rows.values()) {
      if (row.state === 'taken' && row.dueAt <= time && !running.has(row.key)) found++;
      if (found >= count) return true;
    }
    return false;
  }

  async function take(effects: readonly NewEffect[]): Promise<void> {
    const taken = await outbox.take(effects);
    for (const kept of taken) rows.set(kept.row.key, kept);
    if (!fence || taken.length === effects.length) return;
    // a former owner may have put rows in that this process has not seen
    for (const { key } of effects) if (!rows.has(key)) await adopt(key);
  }

  async function adopt(key: string): Promise<void> {
    const kept = await outbox.find(key);
    if (kept && !running.has(key)) rows.set(key, kept);
  }

  function stillMine(): void {
    if (fence && !fence.isHeld()) throw new FencedOff(`The reactor ${reactor.name} may have another owner by now`);
  }

  /** Under this process's token, so that a former owner can write the row no more. */
  async function claimed(kept: Kept, { token }: Fence): Promise<Kept> {
    stillMine();
    const mine = await outbox.update(kept, { token });
    rows.set(mine.row.key, mine);
    return mine;
  }

  async function attempt(known: Kept): Promise<void> {
    const { key } = known.row;
    let kept = known;
    try {
      if (fence) kept = await claimed(known, fence);
      const effect = await effectOf(kept.row);
      if (effect) {
        if (effect.event) await hearing(log, effect.event.position, signal);
        await reactor.perform(effect, {
          offer: take,
          progress: (done, total) => void progress.set(key, { done, total }),
          signal,
          stillMine,
        });
      } else report(new EffectFailed('The event of an effect is not in this log, which was replaced: dropped'));
      await outbox.done(kept);
      rows.delete(key);
    } catch (error) {
      // What ends because of the stop has not failed: its row stays as it was.
      if (signal.aborted) return;
      if (fence && (error instanceof RowChanged || error instanceof FencedOff)) await taken(key, fence);
      else await failed(kept, error);
    }
  }

  /** Somebody else has written the row: done it, or put it off, before this process became the owner or after. */
  async function taken(key: string, { token }: Fence): Promise<void> {
    rows.delete(key);
    const kept = await outbox.find(key).catch(report);
    if (kept && (kept.row.token ?? 0) <= token) rows.set(key, kept);
  }

  /** Undefined: the log was replaced by one without the event, so that nothing is to be done. */
  async function effectOf({ key, position, details }: Row): Promise<Effect | undefined> {
    if (position === undefined) return { key, details };
    const stored = await log.readAt(position);
    if (!stored || !key.startsWith(stored.id)) return undefined;
    return { key, details, event: toLogEvent(stored) };
  }

  async function failed(kept: Kept, error: unknown): Promise<void> {
    report(error);
    const failures = kept.row.failures + 1;
    const permanent = error instanceof EffectFailed && error.permanent;
    const pause = permanent ? undefined : pauseAfter(failures, backoff);
    const change: Partial<Row> = {
      failures,
      error: error instanceof EffectFailed ? error.message : describeError(error),
      ...(pause === undefined ? { state: 'parked' } : { dueAt: now() + pause }),
    };
    // Even if it cannot be stored it counts in this process, so that nothing is tried without pause.
    rows.set(kept.row.key, { ...kept, row: { ...kept.row, ...change } });
    await outbox.update(kept, change).then((next) => rows.set(next.row.key, next), report);
  }

  return {
    take,
    isDue,
    startDue() {
      if (fence && !fence.isHeld()) return;
      for (const kept of rows.values()) {
        if (running.size >= parallel) return;
        const { key, state, dueAt } = kept.row;
        if (state !== 'taken' || dueAt > now() || running.has(key)) continue;
        const ended = attempt(kept).finally(() => {
          running.delete(key);
          progress.delete(key);
          onEnded();
        });
        running.set(key, ended);
      }
    },
    isCalm: () => running.size === 0 && !isDue(1),
    untilDue: (limit) =>
      running.size >= parallel
        ? limit
        : idle().reduce((wait, { dueAt }) => Math.min(wait, Math.max(0, dueAt - now())), limit),
    async retryParked() {
      const parked = [...rows.values()].filter(({ row }) => row.state === 'parked');
      for (const kept of parked) {
        rows.set(kept.row.key, await outbox.update(kept, { state: 'taken', failures: 0, dueAt: now() }));
      }
      return parked.length;
    },
    status() {
      const all = [...rows.values()].map(({ row }) => row);
      const parked = all.filter(({ state }) => state === 'parked');
      return {
        waiting: all.length - parked.length,
        retrying: all.filter(({ state, failures }) => state === 'taken' && failures > 0).length,
        parked: parked.length,
        problems: parked.slice(0, SHOWN_PROBLEMS).map(toParked),
        progress: [...progress].map(([key, share]) => ({ key, ...share })),
      };
    },
    ended: async () => void (await Promise.all(running.values())),
  };
}

const toParked = ({ key, takenAt, failures, error = '' }: Row): Parked => ({
  key,
  since: new Date(takenAt).toISOString(),
  tries: failures,
  error,
});
