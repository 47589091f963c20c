import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Logger } from 'pino';
import { ConfigError, loadConfig, type Config } from '../api/config.js';
import { createLog } from '../api/log.js';
import { reactorGroups } from '../api/reactors.js';
import { wire } from '../api/wiring.js';
import { kindOf } from '../engines/settings.js';
import { serveHealth } from './health.js';
import type { Settings } from './open.js';
import { shareReactors } from './reactors.js';
import { shareViews } from './views.js';
import type { Leases } from '#leases/leases.js';
import { leaseOfView } from '#read-models/told-status.js';
import type { View } from '#read-models/port.js';
import { allViews } from '#read-models/views/index.js';
import { leaseOfReactors } from '#reactors/observed.js';

export interface RunningProjector {
  /** Where it answers probes. */
  readonly url: string;
  /** Finishes what is under way, stores every checkpoint, and gives the leases back: another copy goes on at once. */
  stop(): Promise<void>;
}

export interface ProjectorOptions {
  readonly log?: Logger;
  readonly views?: readonly View[];
  readonly settings?: Settings;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** How long a start waits for servers that are starting, too. */
  readonly patienceMs?: number;
}

/**
 * Keeps views and reactors up to date, as one of several processes: each view and each reactor has one owner at a time, and the
 * others stand by.
 * @throws ConfigError where an engine keeps its files in the data folder: the server runs everything itself then
 */
export async function runProjector(
  config: Config = loadConfig(),
  {
    log = createLog(config.logLevel),
    views = allViews,
    settings,
    now = Date.now,
    patienceMs = 60_000,
  }: ProjectorOptions = {},
): Promise<RunningProjector> {
  checkConfig(config);
  const holder = `${hostname()}:${process.pid}:${randomUUID()}`;
  const leases: { readonly names: readonly string[]; readonly of: Leases }[] = [];
  const { services, close } = await wire({
    config,
    log,
    now,
    patienceMs,
    async startProjections(_, to, engines) {
      const shared = await shareViews(engines, { views, holder, log: to, now, ...(settings && { settings }) });
      leases.push({ names: views.map(leaseOfView), of: shared.leases });
      return shared.projections;
    },
    async startReactors(needs) {
      const groups = reactorGroups(needs);
      const shared = await shareReactors(groups, needs, holder);
      leases.push({ names: groups.groups.map(({ name }) => leaseOfReactors(name)), of: shared.leases });
      return shared.reactors;
    },
  });
  try {
    services.reactors.start(config.portalUrl!);
    const held = (): ReadonlyMap<string, boolean> =>
      new Map(leases.flatMap(({ names, of }) => names.map((name) => [name, of.token(name) !== undefined])));
    const health = await serveHealth(services, held);
    log.info({ url: health.url, holder }, 'projecting');
    return {
      url: health.url,
      async stop() {
        await health.close();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function checkConfig({ engines, portalUrl }: Config): void {
  if (kindOf(engines) !== 'servers') {
    throw new ConfigError(
      'A projector needs servers: set GATEHOUSE_EVENT_STORE to esdb://... and GATEHOUSE_READ_MODELS to mongodb://... Otherwise `gatehouse serve` does its work.',
    );
  }
  if (portalUrl === undefined) {
    throw new ConfigError(
      'GATEHOUSE_PORTAL_URL is required: the projector sends the mails, and their links lead there.',
    );
  }
}
