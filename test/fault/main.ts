/** The fault harness: kills the real service under load, again and again, and checks that nothing is lost or doubled. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runCycles } from './cycles.js';
import { embeddedSite } from './embedded.js';
import { serversSite } from './servers/site.js';
import type { OpenSite } from './site.js';
import { table } from './tally.js';

const SITES: Readonly<Record<string, OpenSite>> = { embedded: embeddedSite, servers: serversSite };

const { values } = parseArgs({
  options: {
    engines: { type: 'string', default: 'embedded' },
    cycles: { type: 'string', default: '50' },
    clients: { type: 'string', default: '8' },
    seed: { type: 'string', default: String((Date.now() % 1_000_000) + 1) },
    help: { type: 'boolean', short: 'h' },
  },
});

if (values.help) {
  console.log('npm run test:faults -- [--engines embedded|servers] [--cycles 50] [--clients 8] [--seed N]');
  process.exit(0);
}

const number = (name: 'cycles' | 'clients' | 'seed'): number => {
  const value = Number(values[name]);
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`--${name} must be a whole number from 1 on`);
  return value;
};

const openSite = SITES[values.engines];
if (!openSite) throw new Error('--engines must be embedded or servers');
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-faults-'));
const options = { cycles: number('cycles'), clients: number('clients'), seed: number('seed') };
console.log(
  `Fault harness on ${values.engines}: ${options.cycles} cycles, ${options.clients} clients, seed ${options.seed}, in ${folder}`,
);
const started = performance.now();
const { title, tally, violations } = await runCycles({ ...options, folder, say: console.log }, openSite);
console.log(`\n${table(title, tally)}\n${Math.round((performance.now() - started) / 1000)} seconds`);
if (violations.length > 0) {
  console.log(
    `\n${violations.slice(0, 50).join('\n')}\n\n${violations.length} violations. The data is kept in ${folder}`,
  );
  process.exitCode = 1;
} else {
  rmSync(folder, { recursive: true, force: true });
}
