/** Which adapter stands behind each port: the one place that knows them. A server's client is loaded only where it is configured. */
import { join } from 'node:path';
import type { Blobs } from '#blobs/port.js';
import { openSqliteBlobs } from '#blobs/sqlite/blobs.js';
import type { ConsumptionStore } from '#consumption/port.js';
import { openSqliteConsumption } from '#consumption/sqlite/store.js';
import type { EventStore } from '#event-store/port.js';
import { openSqliteEventStore } from '#event-store/sqlite/event-store.js';
import { openSqliteTransfer } from '#event-store/sqlite/transfer.js';
import type { LogTransfer } from '#event-store/transfer.js';
import type { ReadModelStore } from '#read-models/port.js';
import { openSqliteReadModels } from '#read-models/sqlite/read-models.js';
import type { VaultStore } from '#vault/port.js';
import { openSqliteVault } from '#vault/sqlite/vault.js';
import { patiently, type Patience } from './patience.js';
import { kindOf, type EngineConfig, type EngineKind } from './settings.js';

export interface Engines {
  readonly kind: EngineKind;
  readonly store: EventStore;
  readonly vault: VaultStore;
  readonly readModels: ReadModelStore;
  readonly blobs: Blobs;
  readonly consumption: ConsumptionStore;
  /** Closes them in the order that loses nothing: the log before the vault, where servers keep its receipts. */
  close(): Promise<void>;
}

export interface OpenOptions extends Patience {
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** Told of what an onAppended listener threw. */
  readonly onError?: (error: unknown) => void;
  /** The SQLite log is written by a thread, which runs compiled code only. Default: by this one. */
  readonly writeInThread?: boolean;
  /** Another connection writes the views: their SQLite file is made if there is none, and opened for reading only. */
  readonly readModels?: 'read' | 'write';
}

/**
 * Opens the engines that the settings name.
 * @throws StoreUnavailable, ReadModelsUnavailable, BlobsUnavailable, ConsumptionUnavailable or VaultUnavailable if a server does not answer
 */
export const openEngines = (config: EngineConfig, options: OpenOptions = {}): Promise<Engines> =>
  together(async (keep) => {
    const vault = keep(await patiently(() => openVault(config, options), options));
    const store = keep(await patiently(() => openStore(config, vault, options), options));
    const blobs = keep(await patiently(() => openBlobs(config), options));
    const readModels = keep(await patiently(() => openReadModels(config, options.readModels), options));
    const consumption = keep(await patiently(() => openConsumption(config), options));
    return { kind: kindOf(config.engines), store, vault, blobs, readModels, consumption };
  });

/** What views are built from and into; `log.db` and `blobs.db` must exist and are read only. @throws as openEngines does */
export const openForViews = (
  config: EngineConfig,
): Promise<Pick<Engines, 'store' | 'blobs' | 'readModels' | 'close'>> =>
  together(async (keep) => {
    const { dataDir, engines } = config;
    const store =
      engines.eventStore.engine === 'sqlite'
        ? keep(openSqliteEventStore({ file: join(dataDir, 'log.db'), readOnly: true }))
        : keep(await openStore(config, keep(await openVault(config)))); // its adapter keeps receipts in the vault
    const blobs = keep(await openBlobs(config, { readOnly: true }));
    return { store, blobs, readModels: keep(await openReadModels(config)) };
  });

/** Everything that is moved with a log. */
export interface Movable extends Pick<Engines, 'vault' | 'blobs' | 'consumption' | 'close'> {
  readonly log: LogTransfer;
}

/**
 * Opens what is moved, while nothing serves it. The files to move from must exist, and stay as they are.
 * @throws as openEngines does
 */
export const openForMoving = (config: EngineConfig, side: 'source' | 'target'): Promise<Movable> =>
  together(async (keep) => {
    const readOnly = side === 'source';
    const vault = keep(await openVault(config, {}, readOnly));
    const log = keep(await openTransfer(config, vault, readOnly));
    const blobs = keep(await openBlobs(config, { readOnly }));
    return { log, vault, blobs, consumption: keep(await openConsumption(config)) };
  });

/** A log alone, to read it through. `log.db` must exist. @throws StoreUnavailable */
export const openLogToRead = (config: EngineConfig): Promise<Pick<Movable, 'log' | 'close'>> =>
  together(async (keep) => ({ log: keep(await openTransfer(config, undefined, true)) }));

interface Closeable {
  close(): Promise<void>;
}

/** Closes what was opened, the last one first; at once if one of them cannot be opened. */
async function together<T extends object>(
  open: (keep: <C extends Closeable>(one: C) => C) => Promise<T>,
): Promise<T & Closeable> {
  const opened: Closeable[] = [];
  async function close(): Promise<void> {
    for (const one of opened) await one.close();
  }
  try {
    const engines = await open((one) => {
      opened.unshift(one);
      return one;
    });
    return { ...engines, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openStore(
  { dataDir, engines: { eventStore } }: EngineConfig,
  vault: VaultStore,
  { now, onError, writeInThread = false }: OpenOptions = {},
): Promise<EventStore> {
  const told = { ...(now && { now }), ...(onError && { onError }) };
  if (eventStore.engine === 'sqlite') {
    return openSqliteEventStore({ file: join(dataDir, 'log.db'), writeInThread, ...told });
  }
  const { openEventStoreDb } = await import('#event-store/eventstoredb/event-store.js');
  return openEventStoreDb({ connectionString: eventStore.url, vault, ...told });
}

async function openTransfer(
  { dataDir, engines: { eventStore } }: EngineConfig,
  vault: VaultStore | undefined,
  readOnly: boolean,
): Promise<LogTransfer> {
  if (eventStore.engine === 'sqlite') return openSqliteTransfer({ file: join(dataDir, 'log.db'), readOnly });
  const { openEventStoreDbTransfer } = await import('#event-store/eventstoredb/transfer.js');
  return openEventStoreDbTransfer({ connectionString: eventStore.url, ...(vault && { vault }) });
}

/** @throws VaultUnavailable */
export async function openVault(
  { dataDir, engines: { vault } }: EngineConfig,
  { now }: OpenOptions = {},
  readOnly = false,
): Promise<VaultStore> {
  if (vault.engine === 'sqlite') {
    return openSqliteVault({ file: join(dataDir, 'vault.db'), readOnly, ...(now && { now }) });
  }
  const { openMongoVault } = await import('#vault/mongodb/vault.js');
  return openMongoVault({ url: vault.url, ...(now && { now }) });
}

async function openBlobs(
  { dataDir, engines: { readModels } }: EngineConfig,
  { readOnly = false }: { readonly readOnly?: boolean } = {},
): Promise<Blobs> {
  if (readModels.engine === 'sqlite') return openSqliteBlobs({ file: join(dataDir, 'blobs.db'), readOnly });
  const { openMongoBlobs } = await import('#blobs/mongodb/blobs.js');
  return openMongoBlobs({ url: readModels.url });
}

async function openConsumption({ dataDir, engines: { readModels } }: EngineConfig): Promise<ConsumptionStore> {
  if (readModels.engine === 'sqlite') return openSqliteConsumption({ file: join(dataDir, 'consumption.db') });
  const { openMongoConsumption } = await import('#consumption/mongodb/store.js');
  return openMongoConsumption({ url: readModels.url });
}

async function openReadModels(
  { dataDir, engines: { readModels } }: EngineConfig,
  access: OpenOptions['readModels'] = 'write',
): Promise<ReadModelStore> {
  if (readModels.engine === 'mongodb') {
    const { openMongoReadModels } = await import('#read-models/mongodb/read-models.js');
    return openMongoReadModels({ url: readModels.url });
  }
  const file = join(dataDir, 'views.db');
  const writable = openSqliteReadModels({ file });
  if (access === 'write') return writable;
  await writable.close();
  return openSqliteReadModels({ file, readOnly: true });
}
