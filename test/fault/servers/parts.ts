import { join } from 'node:path';
import { startEventStoreProcess } from '../../support/eventstore/process.js';
import { ferretdbBinary } from '../../support/ferretdb/binary.js';
import { startFerretDb } from '../../support/ferretdb/server.js';
import { freePort } from '../../support/free-port.js';
import { startServer, type ServerProcess } from '../server-process.js';

/** A process that can be killed (SIGKILL) and started again on the same address and files. */
export interface Part {
  readonly name: string;
  kill(): Promise<void>;
  /** Resolves when it answers. */
  start(): Promise<void>;
  /** What it printed, if it has ended though nobody has killed it. */
  endedByItself(): string | undefined;
}

export interface Stores {
  /** The settings that lead to them. */
  readonly env: Readonly<Record<string, string>>;
  readonly parts: readonly Part[];
  /** Stops them and deletes what is in MongoDB. */
  close(): Promise<void>;
}

/** How long the driver waits for a server before it gives up; thirty seconds unless told. */
const IMPATIENT = 'serverSelectionTimeoutMS=2000';

/** The event store, the view store and the vault, each a process of its own. */
export async function startStores(folder: string): Promise<Stores> {
  const binary = ferretdbBinary();
  const log = await startEventStoreProcess(join(folder, 'event-store'));
  const views = await startFerretDb(binary);
  const vault = await startFerretDb(binary);
  const document = (name: string, { kill, restart }: typeof views): Part => ({
    name,
    kill,
    start: restart,
    endedByItself: () => undefined,
  });
  return {
    env: {
      GATEHOUSE_EVENT_STORE: log.url,
      GATEHOUSE_READ_MODELS: `${views.url}views?${IMPATIENT}`,
      GATEHOUSE_VAULT: `${vault.url}vault?${IMPATIENT}`,
    },
    parts: [
      {
        name: 'event store',
        kill: log.kill,
        start: log.restart,
        endedByItself: () => (log.alive() ? undefined : ''),
      },
      document('view store', views),
      document('vault', vault),
    ],
    async close() {
      await Promise.all([views.close(), vault.close()]);
      if (log.alive()) await log.kill();
    },
  };
}

export interface Copy extends Part {
  readonly url: string;
  /** What it printed last. */
  output(): string;
  /** In good order. */
  stop(): Promise<void>;
}

/** A process of the service itself. `dataDir`: for what is not on the servers; copies may share one. */
export async function startCopy(
  what: 'serve' | 'projector',
  name: string,
  { dataDir, env }: { readonly dataDir: string; readonly env: Readonly<Record<string, string>> },
): Promise<Copy> {
  const port = await freePort();
  let running: ServerProcess;
  async function start(): Promise<void> {
    running = startServer(dataDir, { what, port, env });
    await running.listening;
  }
  await start();
  return {
    name,
    url: `http://127.0.0.1:${port}`,
    start,
    kill: () => running.kill(),
    output: () => running.output(),
    stop: () => running.stop(),
    endedByItself: () => (running.alive() ? undefined : running.output()),
  };
}
