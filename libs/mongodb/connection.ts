import type { Db, MongoClientOptions, ReadConcernLevel } from 'mongodb';
import { failCommandsOfClosedConnections } from './closed-while-writing.js';
import { translated, type ToError } from './errors.js';

/** A MongoDB deployment: one node, a replica set or a sharded cluster. */
export interface MongoOptions {
  /** `mongodb://` or `mongodb+srv://`, with what the driver takes: hosts, TLS, credentials, pool size, time-outs. */
  readonly url: string;
  /** Default: the one that the URL names, else `gatehouse`. */
  readonly database?: string;
}

export interface MongoConnection {
  readonly db: Db;
  close(): Promise<void>;
}

const DEFAULT_DATABASE = 'gatehouse';

/**
 * What the adapters' promises rest on, whatever the URL says. A write is answered when a majority has it on disk, and a
 * read gives only what a majority has: then no failover takes back what was answered, and each client sees its own writes.
 */
const SAFETY = {
  readPreference: 'primary',
  readConcern: { level: 'majority' as ReadConcernLevel },
  writeConcern: { w: 'majority', journal: true, wtimeoutMS: 10_000 },
  retryReads: true,
  retryWrites: true,
} satisfies MongoClientOptions;

/** Int64 is read as bigint: positions never pass through a JS number. What views call a number is stored as int32 or double. */
const VALUES = { useBigInt64: true, promoteBuffers: true, ignoreUndefined: true } satisfies MongoClientOptions;

/** In milliseconds; the URL may say otherwise. */
const TIMEOUTS = { serverSelectionTimeoutMS: 5_000, connectTimeoutMS: 5_000, socketTimeoutMS: 60_000 };

/**
 * The driver is loaded here and nowhere else, so that it costs nothing where it is not configured.
 * @throws what `toError` makes of it if no server answers
 */
export async function connectMongo({ url, database }: MongoOptions, toError: ToError): Promise<MongoConnection> {
  const { MongoClient } = await import('mongodb');
  failCommandsOfClosedConnections();
  const settings = { appName: 'gatehouse', ...absentFrom(url, TIMEOUTS), ...SAFETY, ...VALUES };
  let client: InstanceType<typeof MongoClient>;
  try {
    client = new MongoClient(url, settings);
  } catch {
    // the driver quotes the URL, which may hold a password
    throw new Error('The MongoDB URL cannot be read: write mongodb://user:password@host:27017/database?options');
  }
  try {
    await client.connect();
  } catch (error) {
    await client.close();
    throw translated(error, toError);
  }
  return { db: client.db(database ?? databaseIn(url) ?? DEFAULT_DATABASE), close: () => client.close() };
}

function absentFrom(url: string, options: Readonly<Record<string, number>>): MongoClientOptions {
  const given = url.slice(url.indexOf('?') + 1).toLowerCase();
  return Object.fromEntries(Object.entries(options).filter(([name]) => !given.includes(`${name.toLowerCase()}=`)));
}

/** The driver itself would take `test` where the URL names none. */
function databaseIn(url: string): string | undefined {
  const path = /^mongodb(?:\+srv)?:\/\/[^/?]+\/([^?]+)/.exec(url)?.[1];
  return path && decodeURIComponent(path);
}
