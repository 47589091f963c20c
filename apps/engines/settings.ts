import { ConfigError } from './config-error.js';

/** Files in the data folder. */
export interface Embedded {
  readonly engine: 'sqlite';
}

/** A server by its connection string, which may hold a password: never logged, never part of a message. */
export interface Server<E extends 'eventstoredb' | 'mongodb'> {
  readonly engine: E;
  readonly url: string;
}

export interface EngineSettings {
  readonly eventStore: Embedded | Server<'eventstoredb'>;
  /** Documents and specifications (blobs) are kept there, too. */
  readonly readModels: Embedded | Server<'mongodb'>;
  readonly vault: Embedded | Server<'mongodb'>;
}

/** What is needed to open the engines. Can be sent to another thread. */
export interface EngineConfig {
  /** Where the SQLite files are. */
  readonly dataDir: string;
  readonly engines: EngineSettings;
}

export const EMBEDDED: EngineSettings = {
  eventStore: { engine: 'sqlite' },
  readModels: { engine: 'sqlite' },
  vault: { engine: 'sqlite' },
};

/** `embedded`: everything in the data folder. `servers`: nothing in it, so that several processes may run. */
export type EngineKind = 'embedded' | 'mixed' | 'servers';

export function kindOf({ eventStore, readModels, vault }: EngineSettings): EngineKind {
  const onServers = [eventStore, readModels, vault].filter(({ engine }) => engine !== 'sqlite').length;
  return onServers === 0 ? 'embedded' : onServers === 3 ? 'servers' : 'mixed';
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Reads GATEHOUSE_EVENT_STORE, GATEHOUSE_READ_MODELS and GATEHOUSE_VAULT, which follows the read models where it is not set.
 * @throws ConfigError
 */
export function engineSettings(env: Env): EngineSettings {
  const eventStore = eventStoreEngine('GATEHOUSE_EVENT_STORE', env['GATEHOUSE_EVENT_STORE']);
  const readModels = documentsEngine('GATEHOUSE_READ_MODELS', env['GATEHOUSE_READ_MODELS']);
  const vault = env['GATEHOUSE_VAULT'] ? documentsEngine('GATEHOUSE_VAULT', env['GATEHOUSE_VAULT']) : readModels;
  return { eventStore, readModels, vault };
}

/** Where events are. `name`: of the setting, for messages. @throws ConfigError */
export function eventStoreEngine(name: string, text: string | undefined): EngineSettings['eventStore'] {
  const eventStore = engineOf(name, text, EVENT_STORE);
  if (eventStore.engine === 'eventstoredb' && /[?&]nodePreference=(?!leader(&|$))/i.test(eventStore.url)) {
    throw new ConfigError(
      `${name} must read from the leader: leave nodePreference out. Followers may be behind what was answered.`,
    );
  }
  return eventStore;
}

/** Where documents are: views, blobs, the vault. @throws ConfigError */
export const documentsEngine = (name: string, text: string | undefined): EngineSettings['readModels'] =>
  engineOf(name, text, DOCUMENTS);

interface Choice<E extends 'eventstoredb' | 'mongodb'> {
  readonly engine: E;
  /** Scheme and at least one host: the client reads the rest. */
  readonly url: RegExp;
  readonly forms: string;
}

const EVENT_STORE: Choice<'eventstoredb'> = {
  engine: 'eventstoredb',
  url: /^esdb(\+discover)?:\/\/([^@/?]*@)?[^@/?\s]+([/?]|$)/,
  forms: 'esdb://user:password@host:2113 or esdb+discover://user:password@host:2113',
};

const DOCUMENTS: Choice<'mongodb'> = {
  engine: 'mongodb',
  url: /^mongodb(\+srv)?:\/\/([^@/?]*@)?[^@/?\s]+([/?]|$)/,
  forms: 'mongodb://user:password@host:27017/database or mongodb+srv://user:password@host/database',
};

function engineOf<E extends 'eventstoredb' | 'mongodb'>(
  name: string,
  given: string | undefined,
  { engine, url, forms }: Choice<E>,
): Embedded | Server<E> {
  const text = given?.trim() || 'sqlite:';
  if (text === 'sqlite:') return { engine: 'sqlite' };
  if (text.startsWith('sqlite:')) {
    throw new ConfigError(`${name}: write sqlite: and nothing after it; GATEHOUSE_DATA_DIR says where the files are.`);
  }
  if (!url.test(text)) throw new ConfigError(`${name} must be sqlite:, ${forms}.`);
  return { engine, url: text };
}
