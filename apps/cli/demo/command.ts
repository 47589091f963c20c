import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { loadConfig } from '../../api/config.js';
import { client } from '../client.js';
import { progress } from '../progress.js';
import { seed } from '../seed/seed.js';
import { start } from '../start.js';
import { bold } from './print.js';
import { DEVELOPER, walk } from './walk.js';

/** Whatever servers are configured here: they may hold what is not for a demonstration. */
const ON_EMBEDDED_ENGINE = Object.fromEntries(
  ['GATEHOUSE_EVENT_STORE', 'GATEHOUSE_READ_MODELS', 'GATEHOUSE_VAULT'].flatMap((name) => [
    [name, 'sqlite:'],
    [`${name}_FILE`, ''],
  ]),
);

export function demoCommand(): Command {
  return new Command('demo')
    .description(
      'Start a server on a fresh data folder, seed it, and walk the whole guide as developer and administrator.',
    )
    .option('--keep', 'leave the server running, and show how to sign in')
    .action(async ({ keep }: { keep?: boolean }) => {
      const dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-demo-'));
      const config = loadConfig({
        GATEHOUSE_LOG_LEVEL: 'error',
        ...process.env,
        ...ON_EMBEDDED_ENGINE,
        GATEHOUSE_DATA_DIR: dataDir,
        GATEHOUSE_MAIL: 'file:',
        PORT: (keep && process.env['PORT']) || '0',
      });
      const clear = (): void => rmSync(dataDir, { recursive: true, force: true });
      const server = await start(config).catch((error: Error) => {
        clear();
        throw error;
      });
      const admin = client(server.url, config.adminToken);
      console.log(`Gatehouse runs at ${server.url} on the data folder ${dataDir}`);
      let walked = false;
      try {
        const seeded = await seed(admin, 'acme', progress('Seeding'));
        await walk(admin, config.adminToken, seeded, join(dataDir, 'outbox'));
        walked = true;
        console.log(bold('\nEvery step above is an event that can be read back, now and later.\n'));
        if (keep) return stayOpen(server.url, dataDir, config.adminToken, server.stop);
      } finally {
        if (!keep || !walked) {
          await server.stop();
          clear();
        }
      }
    });
}

function stayOpen(url: string, dataDir: string, adminToken: string, stop: () => Promise<void>): void {
  console.log(`portal API       ${url}/api/v2     sign in as ${DEVELOPER.email}, password "${DEVELOPER.password}"`);
  console.log(`management API   ${url}/v2         Authorization: Bearer ${adminToken}`);
  console.log(`documentation    ${url}/docs`);
  console.log(`data folder      ${dataDir}       npx gatehouse events --data-dir ${dataDir}`);
  console.log('Stop with Ctrl-C.');
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void stop().then(() => process.exit(0)));
}
