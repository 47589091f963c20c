/**
 * The composition root of the embedded engine: one process, three SQLite files and the views' worker thread. The only place
 * of apps/api that knows adapters.
 */
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from './config.js';
import { PortalDirectory } from './http/portal-directory.js';
import { createMetrics } from './metrics.js';
import { wireReactors } from './reactors.js';
import type { Services } from './services.js';
import { openSqliteBlobs } from '#blobs/sqlite/blobs.js';
import { FoldCache } from '#command-handling/fold-cache.js';
import { CommandHandler } from '#command-handling/handler.js';
import { createSpecificationParser } from '#documents/parser.js';
import { domainClaim } from '#domain/portal/domains.js';
import { openSqliteEventStore } from '#event-store/sqlite/event-store.js';
import type { Projections } from '#read-models/projections.js';
import { createQuestions } from '#read-models/questions.js';
import { createReads } from '#read-models/reads.js';
import { openSqliteReadModels } from '#read-models/sqlite/read-models.js';
import { openKeyring } from '#vault/keyring.js';
import { createMailTokens } from '#vault/mail-tokens.js';
import { createPasswords } from '#vault/passwords.js';
import { createSessions } from '#vault/sessions.js';
import { openSqliteVault } from '#vault/sqlite/vault.js';
import { createThrottle } from '#vault/throttle.js';

/** How often expired sessions, tokens and rows are deleted. */
const PURGE_EVERY_MS = 10 * 60_000;

export interface WiringOptions {
  readonly config: Config;
  readonly log: Logger;
  /** Starts the views: in a worker thread, or in this one for tests. */
  readonly startProjections: (dataDir: string, log: Logger) => Promise<Projections>;
  readonly now?: () => number;
  /** Specifications are parsed in this thread: for tests that run from source. */
  readonly parseInProcess?: boolean;
}

export interface Wired {
  readonly services: Services;
  /** Closes everything in the order that loses nothing. */
  close(): Promise<void>;
}

/** Opens the engines in the data folder and builds the services over them. */
export async function wire({
  config,
  log,
  startProjections,
  now = Date.now,
  parseInProcess = false,
}: WiringOptions): Promise<Wired> {
  const file = (name: string) => join(config.dataDir, name);
  const warn = (error: unknown) => log.error({ err: error }, 'a listener of the log failed');
  const store = openSqliteEventStore({ file: file('log.db'), now, onError: warn });
  const vault = openSqliteVault({ file: file('vault.db'), now });
  const keyring = await openKeyring({
    vault,
    masterKey: config.masterKey,
    keyPrefix: config.keyPrefix,
    // A log without its vault must stop the start: with a new root secret every claim and digest would be orphaned.
    create: (await store.head()) === 0n,
    now,
  });
  const blobs = openSqliteBlobs({ file: file('blobs.db') });
  const projections = await startProjections(config.dataDir, log);
  const readModels = openSqliteReadModels({ file: file('views.db'), readOnly: true });
  const reads = createReads(readModels, projections);
  const cache = new FoldCache(store);
  const metrics = createMetrics();
  const questions = createQuestions({ reads, waitFor: reads.waitFor, head: () => store.head() });
  const handler = new CommandHandler({ cache, store, secrets: keyring, questions }, (_command, stage, milliseconds) =>
    metrics.commandStage.observe({ stage }, milliseconds / 1000),
  );
  store.onAppended((events) => projections.poke(events.at(-1)?.position));
  // An upload's nodes are shown once, in its answer; readers come back.
  const specifications = createSpecificationParser({ inProcess: parseInProcess, cachedBytes: 1024 * 1024 });
  const publicDocuments = createSpecificationParser({ inProcess: parseInProcess });
  const parts: Omit<Services, 'reactors'> = {
    config,
    log,
    metrics,
    now,
    store,
    cache,
    handler,
    projections,
    reads,
    blobs,
    specifications,
    publicDocuments,
    vault,
    keyring,
    passwords: createPasswords({ vault }),
    sessions: createSessions({ vault, successorKey: keyring.derive('session-successor'), now }),
    mailTokens: createMailTokens({ vault, tokenKey: keyring.derive('mail-token'), now }),
    throttle: createThrottle({ hash: (text) => keyring.hmac('throttle', text), now }),
    portals: new PortalDirectory(store, cache, reads, (domain) => keyring.claimHash(domainClaim(domain))),
  };
  const services: Services = { ...parts, reactors: await wireReactors(parts) };
  const purging = setInterval(() => void vault.purge(now()).catch(warn), PURGE_EVERY_MS).unref();
  return {
    services,
    async close() {
      clearInterval(purging);
      await services.reactors.stop();
      await projections.stop();
      await specifications.close();
      await publicDocuments.close();
      cache.close();
      await readModels.close();
      await store.close();
      await blobs.close();
      await vault.close();
    },
  };
}
