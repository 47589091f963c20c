import { basename, dirname, resolve } from 'node:path';
import { documentsEngine, eventStoreEngine, kindOf, type EngineConfig } from '../../engines/settings.js';
import { CliError } from '../client.js';

/** Where one side of a move has its parts, as it was written: `sqlite:<folder>` or the address of a server. */
export interface Places {
  readonly log: string;
  readonly readModels?: string | undefined;
  readonly vault?: string | undefined;
}

/** How the options are called, for messages. */
export type OptionNames = Readonly<Record<keyof Places, string>>;

/**
 * The engines of one side. Documents are where the log is if that is a folder, and the vault is where the documents are.
 * @throws CliError, ConfigError naming the option and not its value: that may hold a password
 */
export function sideOf(places: Places, names: OptionNames): EngineConfig {
  const folders = new Set<string>();
  const inFolder = (name: string, text: string): string => {
    if (!text.startsWith('sqlite:')) return text;
    if (text === 'sqlite:') throw new CliError(`${name}: write the folder: sqlite:/srv/gatehouse`);
    const path = resolve(text.slice('sqlite:'.length));
    folders.add(basename(path) === 'log.db' ? dirname(path) : path);
    return 'sqlite:';
  };
  const eventStore = eventStoreEngine(names.log, inFolder(names.log, places.log));
  const documents = places.readModels ?? (eventStore.engine === 'sqlite' ? places.log : undefined);
  if (documents === undefined) {
    throw new CliError(
      `${names.readModels} is missing: mongodb://... or sqlite:<folder>. A log on a server says not where the documents are.`,
    );
  }
  const readModels = documentsEngine(names.readModels, inFolder(names.readModels, documents));
  const vault = documentsEngine(names.vault, inFolder(names.vault, places.vault ?? documents));
  if (folders.size > 1) throw new CliError(`${names.log}: the files of one installation are in one folder`);
  return { dataDir: [...folders][0] ?? '', engines: { eventStore, readModels, vault } };
}

export const hasFolder = ({ engines }: EngineConfig): boolean => kindOf(engines) !== 'servers';

/** What to tell an operator of where a side is: no address, which may hold a password. */
export const describeSide = ({ dataDir, engines }: EngineConfig): string => {
  const place = (name: string, { engine }: { readonly engine: string }): string =>
    `${name} in ${engine === 'sqlite' ? dataDir : engine === 'mongodb' ? 'MongoDB' : 'EventStoreDB'}`;
  const { eventStore, readModels, vault } = engines;
  return [place('log', eventStore), place('documents', readModels), place('vault', vault)].join(', ');
};
