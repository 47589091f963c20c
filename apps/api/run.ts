import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kindOf } from '../engines/settings.js';
import { loadConfig, type Config } from './config.js';
import { lockDataDir } from './data-lock.js';
import { createLog } from './log.js';
import { holdYoungGeneration } from './young-generation.js';

export interface Running {
  readonly config: Config;
  /** Where it listens, with the port that was given. */
  readonly url: string;
  /** Answers what is under way, stores every checkpoint, gives the data folder back. */
  stop(): Promise<void>;
}

/** Where a running server says where it listens, for the command line. */
export const ADDRESS_FILE = 'server.json';

/** How long a start waits for servers that are starting, too. */
const START_PATIENCE_MS = 60_000;

/**
 * Starts the server. Where an engine keeps its files in the data folder, one process at a time may hold the folder. Where none
 * does, the views and reactors are left to projectors.
 * @throws ConfigError if the folder is held by another process
 */
export async function run(config: Config = loadConfig()): Promise<Running> {
  process.umask(0o077); // whatever is written in the data folder is for this user only
  const release = kindOf(config.engines) === 'servers' ? () => undefined : lockDataDir(config.dataDir);
  const log = createLog(config.logLevel);
  const letGrow = holdYoungGeneration();
  try {
    const { createServer, observeServiceReactors, observeViews, startEmbeddedProjections, wire } = await parts();
    const { services, close } = await wire({
      config,
      log,
      ...(kindOf(config.engines) === 'servers'
        ? { startProjections: (_, to, engines) => observeViews(engines, to), startReactors: observeServiceReactors }
        : { startProjections: (engines, to) => startEmbeddedProjections(engines, to) }),
      patienceMs: START_PATIENCE_MS,
    });
    const app = await createServer(services);
    await app.listen(config.port, config.host);
    const url = await app.getUrl();
    services.reactors.start(url);
    const address = join(config.dataDir, ADDRESS_FILE);
    writeFileSync(`${address}.new`, JSON.stringify({ url, pid: process.pid }), { mode: 0o600 });
    renameSync(`${address}.new`, address);
    log.info({ url }, 'listening');
    letGrow();
    return {
      config,
      url,
      async stop() {
        forget(address);
        await app.close();
        await close();
        release();
      },
    };
  } catch (error) {
    letGrow();
    release();
    throw error;
  }
}

/** Loaded with the start of a server, and by no other command. */
async function parts() {
  const [server, wiring, embedded, observe] = await Promise.all([
    import('./server.js'),
    import('./wiring.js'),
    import('../projector/embedded.js'),
    import('../projector/observe.js'),
  ]);
  return { ...server, ...wiring, ...embedded, ...observe };
}

/** Unless it tells of another copy that has been started since. */
function forget(address: string): void {
  try {
    if ((JSON.parse(readFileSync(address, 'utf8')) as { pid: number }).pid === process.pid) rmSync(address);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
