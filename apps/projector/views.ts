import type { Engines } from '../engines/open.js';
import { reportsTo, type Log, type Settings } from './open.js';
import { firstOnly, repeat } from './repeat.js';
import { EVENTS } from '#domain/registry.js';
import { createLeases, type Leases } from '#leases/leases.js';
import { answerRequests, type Request } from '#leases/requests.js';
import { observeProjections } from '#read-models/observed.js';
import type { Ownership } from '#read-models/ownership.js';
import type { View } from '#read-models/port.js';
import { createProjections, type Projections } from '#read-models/projections.js';
import { createPublisher, leaseOf, leaseOfView } from '#read-models/told-status.js';

const REQUESTS_MS = 300;
/** Well below the time after which a process counts as silent. */
const HEARTBEAT_MS = 1_000;
/** A writer that was stopped for longer than this must not come back: deleted documents are forgotten after it. */
const PURGE_MS = 60 * 60_000;

export interface SharedViews {
  /** How all views stand, whoever runs them. */
  readonly projections: Projections;
  readonly leases: Leases;
}

export interface SharedViewsOptions {
  readonly views: readonly View[];
  readonly holder: string;
  readonly log: Log;
  readonly now: () => number;
  readonly settings?: Settings;
  /** Event types that this release has. */
  readonly isKnown?: (type: string) => boolean;
}

/**
 * Runs those views whose leases this process gets, beside other processes that do the same, and says how far they are.
 * `stop` finishes the batch at hand and gives the leases back.
 */
export async function shareViews(engines: Engines, options: SharedViewsOptions): Promise<SharedViews> {
  const { store, vault, readModels, blobs } = engines;
  const { views, holder, log, now, settings, isKnown = (type) => EVENTS.has(type) } = options;
  const { onBlocked, onError: failed } = reportsTo(log);
  const onError = firstOnly(failed);
  const leases = createLeases({ vault, names: views.map(leaseOfView), holder, now, onError });
  const ownership: Ownership = {
    token: (line) => leases.token(leaseOf(line)),
    resign: (line) => leases.resign(leaseOf(line)),
  };
  const observed = await observeProjections({ views, vault, store: readModels, now, onError });
  const publisher = createPublisher({ vault, views, ownership, holder, now, onError });
  await leases.start();
  const own = await createProjections({
    views,
    log: store,
    store: readModels,
    blob: (sha256) => blobs.get(sha256),
    ownership,
    isKnown,
    settleMs: 0,
    purgeMs: PURGE_MS,
    onBlocked,
    onError: failed,
    onStatus: publisher.tell,
    ...settings,
  });
  const unsubscribe = leases.onChange(() => own.poke());
  const byLease = new Map(views.map((view) => [leaseOfView(view), view.name]));

  async function perform({ to, what }: Request): Promise<void> {
    const view = byLease.get(to);
    if (what === 'rebuild') return own.rebuild(view);
    if (what === 'retry') return own.retry(view);
    throw new Error(`a view cannot ${what}`);
  }

  const isMine = (lease: string): boolean => byLease.has(lease) && leases.token(lease) !== undefined;
  const endRequests = repeat(REQUESTS_MS, () => answerRequests(vault, isMine, perform), onError);
  const heartbeat = setInterval(() => publisher.again(), HEARTBEAT_MS);
  return {
    leases,
    projections: {
      ...observed,
      poke: (head) => own.poke(head),
      async stop() {
        unsubscribe();
        await endRequests();
        await own.stop();
        clearInterval(heartbeat);
        await publisher.end();
        await leases.stop();
        await observed.stop();
      },
    },
  };
}
