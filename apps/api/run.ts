import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startEmbeddedProjections } from '../projector/embedded.js';
import { loadConfig, type Config } from './config.js';
import { lockDataDir } from './data-lock.js';
import { createLog } from './log.js';
import { createServer } from './server.js';
import { wire } from './wiring.js';

export interface Running {
  readonly config: Config;
  /** Where it listens, with the port that was given. */
  readonly url: string;
  /** Answers what is under way, stores every checkpoint, gives the data folder back. */
  stop(): Promise<void>;
}

/** Where a running server says where it listens, for the command line. */
export const ADDRESS_FILE = 'server.json';

/**
 * Starts the server on its data folder, which one process at a time may hold.
 * @throws ConfigError if the folder is held by another process
 */
export async function run(config: Config = loadConfig()): Promise<Running> {
  process.umask(0o077); // whatever is written in the data folder is for this user only
  const release = lockDataDir(config.dataDir);
  const log = createLog(config.logLevel);
  try {
    const { services, close } = await wire({ config, log, startProjections: startEmbeddedProjections });
    const app = await createServer(services);
    await app.listen(config.port, config.host);
    const url = await app.getUrl();
    services.reactors.start(url);
    const address = join(config.dataDir, ADDRESS_FILE);
    writeFileSync(`${address}.new`, JSON.stringify({ url, pid: process.pid }), { mode: 0o600 });
    renameSync(`${address}.new`, address);
    log.info({ url }, 'listening');
    return {
      config,
      url,
      async stop() {
        rmSync(address, { force: true });
        await app.close();
        await close();
        release();
      },
    };
  } catch (error) {
    release();
    throw error;
  }
}
