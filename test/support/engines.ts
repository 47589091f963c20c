import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { engineSettings, type EngineConfig } from '../../apps/engines/settings.js';
import { openEngines } from '../../apps/engines/open.js';
import { openKeyring } from '#vault/keyring.js';
import { dropDatabase, freshDatabase } from './mongodb.js';
import { GIVEN_SERVER } from './eventstore/harness.js';
import { startEventStore, type EventStoreDouble } from './eventstore/server.js';

/** Which engine keeps the log, and which the views, the vault and the blobs. */
export interface Combination {
  readonly log: 'sqlite' | 'eventstoredb';
  readonly documents: 'sqlite' | 'mongodb';
}

export const COMBINATIONS: readonly Combination[] = [
  { log: 'sqlite', documents: 'sqlite' },
  { log: 'eventstoredb', documents: 'sqlite' },
  { log: 'sqlite', documents: 'mongodb' },
  { log: 'eventstoredb', documents: 'mongodb' },
];

const MASTER_KEY = '5a'.repeat(32);

export interface TestEngines {
  /** The settings that lead to them. */
  readonly env: Record<string, string>;
  /** What stands in for EventStoreDB, if the log is there and no server was given. */
  readonly double?: EventStoreDouble;
  /** As a killed server. */
  stopDouble(): Promise<void>;
  /** Starts the double (again) on its files and port. */
  restartDouble(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Fresh engines: a durable double of EventStoreDB in this process (or the given server), a database of their own on the given
 * MongoDB. The data folder is the caller's.
 */
export async function startTestEngines({ log, documents }: Combination, mongo?: string): Promise<TestEngines> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-engines-'));
  const database = documents === 'mongodb' ? freshDatabase() : undefined;
  let double = log === 'eventstoredb' && !GIVEN_SERVER ? await startEventStore({ folder }) : undefined;
  let running = double !== undefined;
  async function stopDouble(): Promise<void> {
    if (running) await double!.stop();
    running = false;
  }
  const env = {
    GATEHOUSE_MASTER_KEY: MASTER_KEY,
    ...(log === 'eventstoredb' && { GATEHOUSE_EVENT_STORE: GIVEN_SERVER ?? double!.url }),
    ...(database !== undefined && { GATEHOUSE_READ_MODELS: urlOf(mongo, database) }),
  };
  return {
    env,
    get double() {
      return double!;
    },
    stopDouble,
    async restartDouble() {
      const { port } = double!;
      await stopDouble();
      double = await startEventStore({ folder, port });
      running = true;
    },
    async close() {
      await stopDouble();
      if (database !== undefined) await dropDatabase(mongo!, database);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Those that GATEHOUSE_TEST_ON names (`eventstoredb,mongodb`): whole suites can be run on other engines than the embedded. */
export async function askedForEngines(): Promise<TestEngines | undefined> {
  const [log, documents] = (process.env['GATEHOUSE_TEST_ON'] || 'sqlite,sqlite').split(',');
  const combination = COMBINATIONS.find((one) => one.log === log && one.documents === documents);
  if (!combination) throw new Error('GATEHOUSE_TEST_ON must be two of sqlite, eventstoredb and mongodb: log,documents');
  if (log === 'sqlite' && documents === 'sqlite') return undefined;
  return startTestEngines(combination, process.env['GATEHOUSE_TEST_MONGODB']);
}

function urlOf(mongo: string | undefined, database: string): string {
  if (mongo === undefined) throw new Error('GATEHOUSE_TEST_MONGODB names no server');
  const url = new URL(mongo);
  url.pathname = `/${database}`;
  return url.href;
}

/** A given server's log may have events of other tests: their vault is not ours, so that the root secret is made beforehand. */
export async function makeRootSecret(env: Record<string, string>, dataDir: string): Promise<void> {
  const config: EngineConfig = { dataDir, engines: engineSettings(env) };
  const { vault, close } = await openEngines(config);
  await openKeyring({ vault, masterKey: Buffer.from(MASTER_KEY, 'hex') });
  await close();
}
