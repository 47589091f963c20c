import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { lockDataDir } from '../../api/data-lock.js';
import { openForMoving, type Movable } from '../../engines/open.js';
import { isUnavailable } from '../../engines/patience.js';
import type { EngineConfig } from '../../engines/settings.js';
import { CliError } from '../client.js';
import { progress } from '../progress.js';
import { move, type Moved } from './move.js';
import { describeSide, hasFolder, sideOf } from './sides.js';
import { LogInUse } from '#event-store/transfer.js';

interface Options {
  readonly from: string;
  readonly fromReadModels?: string;
  readonly fromVault?: string;
  readonly to: string;
  readonly readModels?: string;
  readonly vault?: string;
}

/** What was made for an installation and stays with it, where it is kept in files. */
const KEPT = ['master-key', 'admin-token'] as const;

const option = (flags: string, name: string, text: string): Option =>
  new Option(flags, text).env(`GATEHOUSE_MIGRATE_${name}`);

export function migrateCommand(): Command {
  return new Command('migrate')
    .description('Move everything to other engines: events, vault, documents, statistics. Views are built anew there.')
    .addOption(option('--from <log>', 'FROM', 'sqlite:<folder> or esdb://...').makeOptionMandatory())
    .addOption(option('--from-read-models <place>', 'FROM_READ_MODELS', 'default: the same folder'))
    .addOption(option('--from-vault <place>', 'FROM_VAULT', 'default: where the documents are'))
    .addOption(
      option('--to <log>', 'TO', 'an empty sqlite:<folder>, or esdb://... with an empty log').makeOptionMandatory(),
    )
    .addOption(option('--read-models <place>', 'READ_MODELS', 'mongodb://... (default: the same folder)'))
    .addOption(option('--vault <place>', 'VAULT', 'default: where the documents are'))
    .action(async (options: Options) => {
      process.umask(0o077);
      const source = sideOf(
        { log: options.from, readModels: options.fromReadModels, vault: options.fromVault },
        { log: '--from', readModels: '--from-read-models', vault: '--from-vault' },
      );
      const target = sideOf(
        { log: options.to, readModels: options.readModels, vault: options.vault },
        { log: '--to', readModels: '--read-models', vault: '--vault' },
      );
      if (hasFolder(source) && hasFolder(target) && source.dataDir === target.dataDir) {
        throw new CliError('--from and --to are in the same folder');
      }
      console.error(`From: ${describeSide(source)}\nTo:   ${describeSide(target)}`);
      const moved = await migrate(source, target).catch((cause: Error) => {
        if (cause instanceof LogInUse || isUnavailable(cause)) throw new CliError(cause.message, { cause });
        throw cause;
      });
      for (const line of report(moved, source, target)) console.log(line);
    });
}

/** Holds both folders meanwhile. */
export async function migrate(source: EngineConfig, target: EngineConfig, title = progress): Promise<Moved> {
  const closing: (() => unknown)[] = [];
  try {
    if (hasFolder(source) && !existsSync(source.dataDir)) throw new CliError(`There is no folder ${source.dataDir}`);
    if (hasFolder(target)) mkdirSync(target.dataDir, { recursive: true, mode: 0o700 });
    for (const side of [source, target]) if (hasFolder(side)) closing.push(lockDataDir(side.dataDir));
    const opened = async (config: EngineConfig, side: 'source' | 'target'): Promise<Movable> => {
      const movable = await openForMoving(config, side);
      closing.push(() => movable.close());
      return movable;
    };
    const moved = await move(await opened(source, 'source'), await opened(target, 'target'), { progress: title });
    copyKept(source, target);
    return moved;
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

function copyKept(source: EngineConfig, target: EngineConfig): void {
  if (!hasFolder(source) || !hasFolder(target)) return;
  for (const name of KEPT) {
    const [from, to] = [join(source.dataDir, name), join(target.dataDir, name)];
    if (existsSync(from) && !existsSync(to)) copyFileSync(from, to);
  }
}

function report({ logId, events, digest, documents, records }: Moved, source: EngineConfig, target: EngineConfig) {
  const copied =
    records === undefined
      ? ['An earlier run had moved everything; nothing was copied.']
      : [`${documents} documents and ${records} records of the vault were copied.`];
  const needsKey = !hasFolder(target) || !existsSync(join(target.dataDir, 'master-key'));
  const key =
    hasFolder(source) && existsSync(join(source.dataDir, 'master-key'))
      ? join(source.dataDir, 'master-key')
      : undefined;
  return [
    `${events} events on both sides, digest ${digest}`,
    ...copied,
    `The log's id is now ${logId}: views are built anew at the start, and readers of /events start from its beginning.`,
    ...(needsKey ? [`Start it with the same GATEHOUSE_MASTER_KEY as before${key ? `: it is in ${key}` : ''}.`] : []),
    'Do not start the old one again: it would send mails of its own.',
  ];
}
