import { Command, Option } from 'commander';
import { resolve } from 'node:path';
import { openLogToRead } from '../engines/open.js';
import { eventStoreEngine, EMBEDDED, type EngineConfig } from '../engines/settings.js';
import { CliError } from './client.js';
import { eventsOf } from './migrate/log.js';
import { sideOf } from './migrate/sides.js';
import { progress } from './progress.js';
import { logDigest } from '#event-store/digest.js';
import type { LogTransfer } from '#event-store/transfer.js';

export interface Verified {
  readonly log_id: string;
  readonly events: number;
  /** Position of the last of them. */
  readonly head: string;
  /** Root of the Merkle tree over them. */
  readonly digest: string;
}

export function verifyCommand(): Command {
  return new Command('verify')
    .description('Read a log through: how many events it has, and the digest that an equal log has, too.')
    .addOption(new Option('--log <log>', 'sqlite:<folder> or esdb://... (default: by the settings)'))
    .option('--data-dir <dir>', 'data folder, if no log is named (GATEHOUSE_DATA_DIR)')
    .option('--json', 'as JSON')
    .action(async ({ log: place, dataDir, json }: { log?: string; dataDir?: string; json?: boolean }) => {
      const config = place === undefined ? bySettings(dataDir) : named(place);
      const verified = await verify(config).catch((cause: Error) => {
        throw new CliError(`The log cannot be read. ${cause.message}`, { cause });
      });
      if (json) return console.log(JSON.stringify(verified, null, 2));
      for (const [name, value] of Object.entries(verified)) console.log(`${name.padEnd(8)} ${value}`);
      return undefined;
    });
}

/** Reads up to the end that the log has now; it may be in use. @throws CliError */
async function verify(config: EngineConfig): Promise<Verified> {
  const { log, close } = await openLogToRead(config);
  try {
    return await digestOf(log);
  } finally {
    await close();
  }
}

async function digestOf(log: LogTransfer): Promise<Verified> {
  const digest = logDigest();
  const end = await log.end();
  const bar = progress('Reading');
  for await (const event of eventsOf(log)) {
    if (event.position > end) break;
    digest.add(event);
    if (digest.count % 1_000 === 0) bar.update(Number((event.position * 1000n) / end) / 1000, `${digest.count}`);
  }
  bar.done(`${digest.count} events`);
  return { log_id: log.logId, events: digest.count, head: String(end), digest: digest.root() };
}

/** The documents of a log on a server are not opened, wherever they are. */
const named = (place: string): EngineConfig =>
  sideOf(
    { log: place, ...(!place.startsWith('sqlite:') && { readModels: 'sqlite:.' }) },
    { log: '--log', readModels: '--log', vault: '--log' },
  );

function bySettings(dataDir: string | undefined): EngineConfig {
  const eventStore = eventStoreEngine('GATEHOUSE_EVENT_STORE', process.env['GATEHOUSE_EVENT_STORE']);
  const folder = resolve(dataDir ?? (process.env['GATEHOUSE_DATA_DIR'] || './data'));
  return { dataDir: folder, engines: { ...EMBEDDED, eventStore } };
}
