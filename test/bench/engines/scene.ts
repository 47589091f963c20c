import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startServer as startProcess } from '../../fault/server-process.js';
import { startEventStoreProcess } from '../../support/eventstore/process.js';
import { ferretdbBinary } from '../../support/ferretdb/binary.js';
import { startFerretDb } from '../../support/ferretdb/server.js';
import { startServer, type Server } from '../server.js';

/** Servers to measure on instead of the double and FerretDB. */
const GIVEN = { log: process.env['GATEHOUSE_TEST_EVENTSTORE'], documents: process.env['GATEHOUSE_TEST_MONGODB'] };

export interface Place {
  readonly folder: string;
  readonly eventStoreUrl: string;
  readonly mongoUrl: string;
  /** The settings that lead to both. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** The engines' servers, empty. */
export async function openPlace(): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-engines-'));
  const log = GIVEN.log === undefined ? await startEventStoreProcess(join(folder, 'event-store')) : undefined;
  const documents = GIVEN.documents === undefined ? await startFerretDb(ferretdbBinary()) : undefined;
  const eventStoreUrl = GIVEN.log ?? log!.url;
  const mongoUrl = GIVEN.documents ?? documents!.url;
  return {
    folder,
    eventStoreUrl,
    mongoUrl,
    env: {
      GATEHOUSE_EVENT_STORE: eventStoreUrl,
      GATEHOUSE_READ_MODELS: databaseOf(mongoUrl, `bench_${randomBytes(6).toString('hex')}`),
      GATEHOUSE_MASTER_KEY: randomBytes(32).toString('hex'),
      GATEHOUSE_PORTAL_URL: 'https://portal.example',
    },
    async close() {
      await log?.kill();
      await documents?.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function databaseOf(mongoUrl: string, database: string): string {
  const url = new URL(mongoUrl);
  url.pathname = `/${database}`;
  return url.href;
}

function makeFolder(folder: string, name: string): string {
  const made = join(folder, name);
  mkdirSync(made);
  return made;
}

export interface Service {
  readonly server: Server;
  stop(): Promise<void>;
}

/** One server and one projector, as processes. */
export async function startService({ folder, env }: Place, nodeOptions: readonly string[]): Promise<Service> {
  const projector = startProcess(join(folder, 'projector'), { what: 'projector', env });
  await projector.listening;
  const server = await startServer(makeFolder(folder, 'server'), nodeOptions, env);
  while (!(await fetch(new URL('/readyz', server.url))).ok) await delay(100);
  return {
    server,
    async stop() {
      await server.stop();
      await projector.stop();
    },
  };
}

/** On the embedded engine, to compare with. */
export const startEmbedded = (folder: string): Promise<Server> => startServer(makeFolder(folder, 'embedded'));
