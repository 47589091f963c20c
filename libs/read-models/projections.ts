import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import { createBell } from './bell.js';
import { createLogReader, type Log } from './log-reader.js';
import type { Ownership } from './ownership.js';
import type { Projection } from './projection.js';
import { Superseded, type ReadModelStore, type View } from './port.js';
import type { BlobReader, Blocked, Runner } from './runner.js';
import { createSlots } from './slots.js';
import { createStatusBoard, type StatusBoard, type ViewStatus } from './status.js';

/** What the rest of the service sees of the views that are kept up to date, wherever that happens. */
export interface Projections extends Omit<StatusBoard, 'update' | 'close'> {
  /** Says that the log has grown. */
  poke(head?: bigint): void;
  /** Starts a fresh copy of a view (default: of each) beside the present one, which stays served until it has caught up. */
  rebuild(view?: string): Promise<void>;
  /** Tries a blocked view (default: each) again. */
  retry(view?: string): Promise<void>;
  /** When it resolves, nothing is being applied until resume. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Finishes the batch at hand and stores every checkpoint. */
  stop(): Promise<void>;
}

export interface ProjectionsOptions {
  readonly views: readonly View[];
  readonly log: Log;
  readonly store: ReadModelStore;
  readonly blob: BlobReader;
  /** Where several processes run the views: which of them this one runs now. Absent: all. */
  readonly ownership?: Ownership;
  /** Whether this release has an event type. */
  readonly isKnown?: (type: string) => boolean;
  /** Events per step; default 2,000. */
  readonly batchSize?: number;
  /** How often the log is looked at unasked, in ms; default 200. */
  readonly idleMs?: number;
  /** How often tombstones older than the last time are deleted, in ms; default 10 minutes. */
  readonly purgeMs?: number;
  /** How long the start waits for views that are being built, in ms; default 1,000. */
  readonly settleMs?: number;
  /** A view stopped at an event. Called once per stop. */
  readonly onBlocked?: (view: string, blocked: Blocked) => void;
  /** The log or the store failed; the step is repeated after a pause. */
  readonly onError?: (error: unknown, view?: string) => void;
  readonly onStatus?: (status: readonly ViewStatus[]) => void;
}

/** An engine that is back is noticed soon: rules wait five seconds at most for a view that has caught up. */
const MAX_BACKOFF_MS = 2_000;
const STEPS_AT_ONCE = 4;
/** Between rounds that have reached the log's head: under load events come by the dozen, and a round costs the same for one. */
const BREATH_MS = 10;

/**
 * Keeps all views up to date, one step of each in turn. After each round of the live ones, one view that is being built
 * does one step, so that neither starves the other. Resolves when all are live, which a long build is not waited for; rejects
 * if the store cannot be opened.
 */
export async function createProjections(options: ProjectionsOptions): Promise<Projections> {
  const { views, log, store, blob, batchSize, idleMs = 200, purgeMs = 600_000, settleMs = 1_000 } = options;
  const { ownership, isKnown, onBlocked, onError, onStatus } = options;
  const reader = createLogReader(log);
  const opening = { reader, store, blob, ...(batchSize && { batchSize }), ...(isKnown && { isKnown }) };
  const slots = await createSlots(checkNames(views), opening, ownership);
  let projections = slots.open();
  const bell = createBell();
  const board = createStatusBoard(currentStatus(await reader.head()));
  const requests: (() => Promise<void>)[] = [];
  let stopped = false;
  let paused = false;
  let failures = 0;
  let turns = 0;
  /** The log's head as the last round saw it. */
  let seen = 0n;
  let purge = { at: performance.now() + purgeMs, before: new Map<string, bigint>() };
  const settled = createBell();
  if (isSettled(board.status())) settled.ring();
  const running = run();
  if (settleMs > 0) await settled.wait(settleMs);

  function currentStatus(head: bigint): readonly ViewStatus[] {
    return projections.map((projection) => projection.status(head));
  }

  function publish(head: bigint): void {
    const status = currentStatus(head);
    board.update(status);
    onStatus?.(status);
    if (isSettled(status)) settled.ring();
  }

  async function run(): Promise<void> {
    while (!stopped) {
      const failuresBefore = failures;
      const busy = await round().catch((error: unknown) => {
        failures += 1;
        onError?.(error);
        return false;
      });
      if (failures > failuresBefore) {
        // one outage fails every view of a round, and counts once
        failures = failuresBefore + 1;
        await bell.wait(Math.min(100 * 2 ** failures, MAX_BACKOFF_MS), () => stopped);
      } else {
        failures = 0;
        if (busy) await breathe();
        else if (!(await bell.wait(idleMs))) await flushAll();
      }
    }
    await flushAll();
  }

  /** A single write is applied at once; what comes right after it waits a little and is then applied together. */
  async function breathe(): Promise<void> {
    const behind = projections.some(({ live, building }) => building() || (live()?.position() ?? seen) < seen);
    if (!behind && !stopped && requests.length === 0) await delay(BREATH_MS);
  }

  /** True if anything has moved. */
  async function round(): Promise<boolean> {
    for (let request = requests.shift(); request; request = requests.shift()) await request();
    const head = await reader.head();
    seen = head;
    let moved = await slots.follow((error, view) => {
      failures += 1;
      onError?.(error, view);
    });
    projections = slots.open();
    if (!paused) {
      moved = (await stepAll(head)) || moved;
      moved = (await buildOne(head)) || moved;
      if (performance.now() >= purge.at) await purgeTombstones();
    }
    if (moved) publish(head);
    return moved;
  }

  /** One step of each live view. On servers, where a step mostly waits for answers, a few at a time. */
  async function stepAll(head: bigint): Promise<boolean> {
    const left = projections.values();
    let moved = false;
    async function stepThrough(): Promise<void> {
      for (const { name, live } of left) moved = (await step(name, live(), head)) || moved;
    }
    await Promise.all(Array.from({ length: ownership ? STEPS_AT_ONCE : 1 }, stepThrough));
    return moved;
  }

  /** A step of the next view that is being built, and the switch when it has caught up. */
  async function buildOne(head: bigint): Promise<boolean> {
    const building = projections.filter((projection) => {
      const runner = projection.building();
      return runner && !runner.blocked();
    });
    const next = building[turns++ % building.length];
    const runner = next?.building();
    if (!next || !runner) return false;
    const moved = await step(next.name, runner, head);
    if (runner.position() < head || !slots.isOpen(next.name)) return moved;
    await next.switchOver();
    return true;
  }

  async function step(view: string, runner: Runner | undefined, head: bigint): Promise<boolean> {
    if (!runner || runner.position() >= head || runner.blocked() || stopped || !slots.isOpen(view)) return false;
    try {
      await runner.step();
    } catch (error) {
      if (error instanceof Superseded) {
        slots.close(view);
        return true;
      }
      failures += 1;
      onError?.(error, view);
      return false;
    }
    const blocked = runner.blocked();
    if (blocked) onBlocked?.(view, blocked);
    if (blocked?.unknown) await slots.resign(view);
    // on servers a round takes its time, and readers wait for single views
    if (ownership) publish(head);
    await nextTurn();
    return true;
  }

  async function flushAll(): Promise<void> {
    try {
      for (const { live, building } of projections) {
        await live()?.flush();
        await building()?.flush();
      }
    } catch (error) {
      if (!(error instanceof Superseded)) onError?.(error);
    }
  }

  /** Deletes what was a tombstone already the last time: a stalled writer of that age is long gone. */
  async function purgeTombstones(): Promise<void> {
    const positions = new Map<string, bigint>();
    for (const { name, live } of projections) {
      const runner = live();
      if (!runner || !slots.isOpen(name)) continue;
      positions.set(runner.collection, runner.position());
      const before = purge.before.get(runner.collection);
      if (before !== undefined) await store.purge(runner.collection, before);
    }
    purge = { at: performance.now() + purgeMs, before: positions };
  }

  /** Does something between two rounds, when no step is under way. When it resolves, status shows it. */
  function between(work: () => Promise<void> | void): Promise<void> {
    if (stopped) return Promise.reject(new Error('the views are stopped'));
    return new Promise((resolve, reject) => {
      requests.push(async () => {
        try {
          await work();
          publish(await reader.head());
          resolve();
        } catch (error) {
          reject(error as Error);
        }
      });
      bell.ring();
    });
  }

  function named(view: string | undefined): readonly Projection[] {
    if (view === undefined) return projections;
    const found = projections.filter(({ name }) => name === view);
    if (found.length === 0) throw new Error(`there is no view named ${view}`);
    return found;
  }

  return {
    ...board,
    poke: () => bell.ring(),
    rebuild: (view) =>
      between(async () => {
        for (const projection of named(view)) await projection.rebuild();
      }),
    retry: (view) =>
      between(() => {
        for (const { live, building } of named(view)) {
          live()?.retry();
          building()?.retry();
        }
      }),
    pause: () =>
      between(() => {
        paused = true;
      }),
    resume: () =>
      between(() => {
        paused = false;
      }),
    async stop() {
      stopped = true;
      bell.ring();
      await running;
      for (const request of requests.splice(0)) await request();
      board.close();
    },
  };
}

const isSettled = (status: readonly ViewStatus[]): boolean => status.every(({ live, blocked }) => live || blocked);

function checkNames(views: readonly View[]): readonly View[] {
  const names = new Set<string>();
  for (const { name } of views) {
    if (!/^[a-z][a-z0-9_]*$/.test(name)) throw new Error(`view name "${name}": use a-z, 0-9 and _`);
    if (names.has(name)) throw new Error(`two views are named ${name}`);
    names.add(name);
  }
  return views;
}
