import { createListener, type Heard } from '#leases/notices.js';
import { ask, NotAnswered } from '#leases/requests.js';
import type { VaultStore } from '#vault/port.js';
import { createBell } from './bell.js';
import { lineOf } from './generations.js';
import { ReadModelsUnavailable, type ReadModelStore, type View } from './port.js';
import type { Projections } from './projections.js';
import { createStatusBoard, type ViewStatus } from './status.js';
import { leaseOfView, understand, versionIn, VIEW_STATUS } from './told-status.js';

export interface ObserveOptions {
  readonly views: readonly View[];
  /** Where projectors say how far they are, and hear what they are asked. */
  readonly vault: VaultStore;
  readonly store: Pick<ReadModelStore, 'pointer'>;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  readonly monotonic?: () => number;
  readonly onError?: (error: unknown) => void;
}

/** Whoever says nothing for so long runs nothing: longer than it takes another to take over. */
const SILENT_MS = 10_000;
const IDLE_MS = 250;
const LONGEST_BACKOFF_MS = 2_000;
const [SHORTEST_MS, LONGEST_MS] = [3, 50];
const ANSWER_MS = 10_000;

/**
 * The views as other processes keep them up to date. One query tells how far all of them are; it is repeated fast while
 * somebody waits, and slowly otherwise.
 *
 * Answers come from this release's version of a view, once it is complete and as long as somebody keeps it up to date. Until
 * then they come from the version before. Once no projector of this release can go on with it, they come from the version that
 * the newer release has.
 */
export async function observeProjections(options: ObserveOptions): Promise<Projections> {
  const { views, vault, store, now = Date.now, monotonic = () => performance.now(), onError } = options;
  const listener = createListener({ vault, kind: VIEW_STATUS, monotonic });
  const fallback = new Map<string, string>();
  for (const view of views) fallback.set(view.name, (await store.pointer(lineOf(view))) ?? lineOf(view));
  const board = createStatusBoard(await look());
  const bell = createBell();
  const waits = new Set<number>();
  let stopped = false;
  let heardAt = monotonic();
  const running = run();

  async function look(): Promise<readonly ViewStatus[]> {
    const heard = await listener.hear();
    return views.map((view) => statusOf(view, heard, fallback.get(view.name)!));
  }

  async function run(): Promise<void> {
    let failures = 0;
    while (!stopped) {
      await bell.wait(
        failures > 0 ? Math.min(100 * 2 ** failures, LONGEST_BACKOFF_MS) : pause(),
        () => stopped || failures === 0,
      );
      if (stopped) return;
      try {
        board.update(await look());
        [failures, heardAt] = [0, monotonic()];
      } catch (error) {
        if (failures++ === 0) onError?.(error);
        // nobody is to wait for what cannot be told
        if (monotonic() - heardAt > SILENT_MS)
          board.update(board.status().map((status) => ({ ...status, live: false })));
      }
    }
  }

  /** The longer somebody has waited already, the less a little more matters. */
  function pause(): number {
    if (waits.size === 0) return IDLE_MS;
    const waited = monotonic() - Math.max(...waits);
    return Math.min(Math.max(waited / 10, SHORTEST_MS), LONGEST_MS);
  }

  async function askFor(what: string, name: string | undefined): Promise<void> {
    const meant = views.filter((view) => name === undefined || view.name === name);
    if (meant.length === 0) throw new Error(`there is no view named ${name}`);
    try {
      const requests = meant.map((view) => ({ to: leaseOfView(view), what }));
      await ask(vault, requests, { timeoutMs: ANSWER_MS, now });
    } catch (error) {
      if (error instanceof NotAnswered) throw new ReadModelsUnavailable(error.message);
      throw error;
    }
  }

  return {
    ...board,
    async waitFor(position, timeoutMs, names) {
      const since = monotonic();
      waits.add(since);
      bell.ring();
      try {
        return await board.waitFor(position, timeoutMs, names);
      } finally {
        waits.delete(since);
      }
    },
    poke: () => undefined,
    rebuild: (view) => askFor('rebuild', view),
    retry: (view) => askFor('retry', view),
    pause: elsewhere,
    resume: elsewhere,
    async stop() {
      stopped = true;
      bell.ring();
      await running;
      board.close();
    },
  };
}

const elsewhere = (): Promise<void> =>
  Promise.reject(new Error('the views run in the projector processes: stop those to pause them'));

interface Line {
  readonly version: number;
  readonly status: ViewStatus;
  /** Somebody runs it. */
  readonly isRun: boolean;
}

/** What a copy of this release makes of what the projectors, of this and other releases, say of one view. */
export function statusOf(view: View, heard: ReadonlyMap<string, Heard>, fallback: string): ViewStatus {
  const lines = [...heard.values()].flatMap(({ name, value, silentMs }): Line[] => {
    const version = versionIn(name, view.name);
    return version === undefined ? [] : [{ version, status: understand(value), isRun: silentMs < SILENT_MS }];
  });
  const complete = lines.filter(({ status }) => status.live);
  const own = lines.find(({ version }) => version === view.version);
  if (own?.status.live && own.isRun && !own.status.blocked?.unknown) return own.status;
  const newer = highest(complete.filter(({ version, isRun }) => version > view.version && isRun));
  if (newer) return newer.status;
  if (own?.status.live) return { ...own.status, live: own.isRun };
  const older = highest(complete.filter(({ version }) => version < view.version));
  if (older) return { ...older.status, live: older.isRun, ...(own && building(own.status, older.status)) };
  return own?.status ?? { name: view.name, collection: fallback, position: 0n, lastAppliedAt: null, live: false };
}

const highest = (lines: readonly Line[]): Line | undefined =>
  lines.reduce<Line | undefined>((best, line) => (best && best.version >= line.version ? best : line), undefined);

/** The first build of this release's version, while an older one is served. */
function building(own: ViewStatus, { collection: from }: ViewStatus): Pick<ViewStatus, 'rebuilding'> {
  const copy = own.rebuilding;
  const blocked = own.blocked ?? copy?.blocked;
  return {
    rebuilding: { from, to: copy?.to ?? own.collection, done: copy?.done ?? 0, ...(blocked && { blocked }) },
  };
}
