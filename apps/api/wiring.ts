/** The composition root: the engines that the settings name, and the services over them. */
import type { Logger } from 'pino';
import { openEngines, type Engines } from '../engines/open.js';
import type { Patience } from '../engines/patience.js';
import type { EngineConfig } from '../engines/settings.js';
import type { Config } from './config.js';
import { organisationIdOf } from './http/organisation.js';
import { createBearers } from './http/bearers.js';
import { PortalDirectory } from './http/portal-directory.js';
import { knownCalls } from './gateway/known-calls.js';
import { createMetrics } from './metrics.js';
import { wireReactors, type ReactorNeeds, type ServiceReactors } from './reactors.js';
import type { Services } from './services.js';
import { createCurrentStates, decisionStates, readStates } from '#command-handling/current-states.js';
import { createClients } from '#client-registration/clients.js';
import { createProtocols } from '#client-registration/protocols.js';
import { createClientRecords } from '#client-registration/records.js';
import { FoldCache } from '#command-handling/fold-cache.js';
import { watchFreshness } from '#command-handling/freshness.js';
import { CommandHandler } from '#command-handling/handler.js';
import { createConsumption } from '#consumption/consumption.js';
import { createSpecificationParser } from '#documents/parser.js';
import { domainClaim } from '#domain/portal/domains.js';
import { createIssuers } from '#oidc/issuers.js';
import { createOutbound } from '#outbound/outbound.js';
import type { Projections } from '#read-models/projections.js';
import { createQuestions } from '#read-models/questions.js';
import { createReads } from '#read-models/reads.js';
import { applyErasures } from '#reactors/erasures.js';
import { createLogins } from '#sso/logins.js';
import { createSignOn } from '#sso/sign-on.js';
import { createClientSecrets } from '#vault/client-secrets.js';
import { openKeyring } from '#vault/keyring.js';
import { createMailTokens } from '#vault/mail-tokens.js';
import { createPasswords } from '#vault/passwords.js';
import { createSessions } from '#vault/sessions.js';
import { createThrottle } from '#vault/throttle.js';

/** How often expired sessions, tokens and rows are deleted. */
const PURGE_EVERY_MS = 10 * 60_000;

export interface WiringOptions extends Patience {
  readonly config: Config;
  readonly log: Logger;
  /** Starts the views: in a worker thread, or in this one for tests. */
  readonly startProjections: (config: EngineConfig, log: Logger, engines: Engines) => Promise<Projections>;
  /** Default: all in this process. */
  readonly startReactors?: (services: ReactorNeeds) => Promise<ServiceReactors>;
  readonly now?: () => number;
  /** Specifications are parsed and the SQLite log is written in this thread: for tests that run from source. */
  readonly parseInProcess?: boolean;
}

export interface Wired {
  readonly services: Services;
  /** Closes everything in the order that loses nothing. */
  close(): Promise<void>;
}

/** More commands at once than a server that answers has under way. */
const MOST_COMMANDS = 1_000;

/** Opens the engines and builds the services over them. */
export async function wire(options: WiringOptions): Promise<Wired> {
  const { config, log, now = Date.now, patienceMs = 0, parseInProcess = false } = options;
  const engines = await openEngines(config, {
    now,
    readModels: 'read',
    writeInThread: !parseInProcess,
    patienceMs,
    onError: (error) => log.error({ err: error }, 'a listener of the log failed'),
    onWaiting: ({ message }) => log.warn({ cause: message }, 'waiting for an engine'),
  });
  try {
    return await wireOver(engines, options);
  } catch (error) {
    await engines.close();
    throw error;
  }
}

async function wireOver(
  engines: Engines,
  {
    config,
    log,
    startProjections,
    startReactors = wireReactors,
    now = Date.now,
    parseInProcess = false,
  }: WiringOptions,
): Promise<Wired> {
  const { store, vault, blobs, readModels } = engines;
  const keyring = await openKeyring({
    vault,
    masterKey: config.masterKey,
    keyPrefix: config.keyPrefix,
    // A log without its vault must stop the start: with a new root secret every claim and digest would be orphaned.
    create: (await store.head()) === 0n,
    now,
  });
  const erased = await applyErasures({ log: store, vault, keyring });
  if (erased > 0) log.warn({ persons: erased }, 'the vault had keys of persons whose removal is in the log: destroyed');
  const projections = await startProjections(config, log, engines);
  const reads = createReads(readModels, projections);
  const cache = new FoldCache(store);
  const freshness = watchFreshness(store, { boundMs: config.checkStalenessMs });
  const metrics = createMetrics();
  const questions = createQuestions({ reads, waitFor: reads.waitFor, head: () => store.head() });
  const handler = new CommandHandler(
    { cache: decisionStates(cache, freshness), store, secrets: keyring, questions },
    (_command, stage, milliseconds) => metrics.commandStage.observe({ stage }, milliseconds / 1000),
    ...(engines.store.standing ? [MOST_COMMANDS] : []),
  );
  store.onAppended((events) => projections.poke(events.at(-1)?.position));
  // An upload's nodes are shown once, in its answer; readers come back.
  const specifications = createSpecificationParser({ inProcess: parseInProcess, cachedBytes: 1024 * 1024 });
  const publicDocuments = createSpecificationParser({ inProcess: parseInProcess });
  const outbound = createOutbound({ allowPrivate: config.outboundPrivate ?? false });
  const issuers = createIssuers({ outbound, now });
  const clientSecrets = createClientSecrets({ vault, keyring });
  const logins = createLogins({ vault, key: keyring.derive('sso-login'), now });
  const checkStates = createCurrentStates({
    cache,
    freshness,
    otherwise: config.checkWhenStale === 'deny' ? 'refuse' : 'use-known',
  });
  const sessionStates = createCurrentStates({ cache, freshness, otherwise: 'use-known' });
  const states = readStates(cache, freshness, sessionStates);
  const { adminToken, adminIdentity } = config;
  const consumption = createConsumption({
    store: engines.consumption,
    known: knownCalls(states, reads),
    retention: config.analytics.retention,
    now,
    onError: (error) => log.error({ err: error }, 'consumption could not be stored; it is tried again'),
    onLost: () => metrics.usageRecords.inc({ fate: 'lost' }),
  });
  const parts: Omit<Services, 'reactors'> = {
    config,
    log,
    metrics,
    now,
    store,
    cache: states,
    freshness,
    checkStates,
    sessionStates,
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
    clientSecrets,
    clients: createClients({
      cache,
      records: createClientRecords(vault, clientSecrets),
      secrets: clientSecrets,
      protocolOf: createProtocols({ outbound, discover: issuers.discover }),
      organizationId: organisationIdOf(keyring),
    }),
    outbound,
    issuers,
    logins,
    signOn: createSignOn({ outbound, issuers, clientSecrets, logins, now }),
    bearers: createBearers({
      adminToken,
      ...(adminIdentity ? { adminIdentity } : {}),
      states: checkStates,
      keyring,
      issuers,
      now,
    }),
    consumption,
    throttle: createThrottle({ hash: (text) => keyring.hmac('throttle', text), now }),
    portals: new PortalDirectory(store, states, reads, (domain) => keyring.claimHash(domainClaim(domain))),
  };
  const services: Services = { ...parts, reactors: await startReactors(parts) };
  const notPurged = (error: unknown) => log.error({ err: error }, 'the vault could not be purged');
  const purging = setInterval(() => void vault.purge(now()).catch(notPurged), PURGE_EVERY_MS).unref();
  return {
    services,
    async close() {
      clearInterval(purging);
      await services.reactors.stop();
      await consumption.stop();
      await projections.stop();
      await outbound.close();
      await specifications.close();
      await publicDocuments.close();
      freshness.close();
      cache.close();
      await engines.close();
    },
  };
}
