import { transaction } from '#sqlite/transaction.js';
import { randomUUID } from 'node:crypto';
import { DatabaseSync } from '@photostructure/sqlite';
import { UNFINISHED, type Arrival } from '../transfer.js';
import { findDamage, findDamageAtEnd } from './integrity.js';

export type Database = InstanceType<typeof DatabaseSync>;

/** "GHlg": tells the event log from the other files of the data folder, and from anybody else's. */
const APPLICATION_ID = 0x47486c67;
const FORMAT = 1;
const BUSY_TIMEOUT_MS = 1_000;

const TABLES = `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE events (
    position INTEGER PRIMARY KEY,
    stream TEXT NOT NULL,
    revision INTEGER NOT NULL,
    id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (stream, revision)
  ) STRICT;
  CREATE INDEX events_by_type ON events (type, position);
  CREATE TABLE claims (hash TEXT PRIMARY KEY, owner TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE receipts (
    key TEXT PRIMARY KEY,
    payload TEXT NOT NULL,
    command_id TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    sealed TEXT NOT NULL
  ) STRICT;
  CREATE INDEX receipts_by_expiry ON receipts (expires_at);`;

export interface LogFileOptions {
  readonly file: string;
  /** Reads only, beside the one writer. The file must exist. */
  readonly readOnly?: boolean;
  /** How long a write waits for another process's lock. It blocks the event loop: keep it short. Default 1000. */
  readonly busyTimeoutMs?: number;
  /** Also a log that another one is being moved to, which is not complete. */
  readonly unfinished?: boolean;
}

/**
 * Opens the event log's file, making it if there is none. Refuses a file that is damaged, of another application or of a
 * newer release, with a message for the operator, and without changing it.
 */
export function openLogFile(options: LogFileOptions): Database {
  const { file, readOnly = false, busyTimeoutMs = BUSY_TIMEOUT_MS, unfinished = false } = options;
  let db: Database | undefined;
  try {
    db = new DatabaseSync(file, { readOnly, timeout: busyTimeoutMs });
    const fresh = identify(db);
    if (fresh && readOnly) throw new Error('it is empty: start the server, which fills it, before reading from it');
    if (!fresh && !unfinished && arrivalIn(db)?.finished === false) throw new Error(UNFINISHED);
    // a reader goes through the log once; the writer's indexes are what is needed again
    db.exec(`PRAGMA cache_size = ${readOnly ? -2000 : -16000}`);
    if (!readOnly) {
      useWriteAheadLog(db);
      if (fresh) transaction(db, () => createTables(db!));
      checkAfterCrash(db);
    }
    return db;
  } catch (cause) {
    db?.close();
    throw new Error(`The event log ${file} cannot be opened: ${(cause as Error).message}`, { cause });
  }
}

/**
 * Another connection to a file that openLogFile holds open, for the thread that writes it. Checkpoints are left to the caller:
 * what it reads meanwhile would make most of those that come by themselves incomplete.
 */
export function openSecondWriter(file: string): Database {
  const db = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
  db.exec('PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -16000');
  return db;
}

/** Closes a file that openLogFile opened; after it the next start needs no check. */
export function closeLogFile(db: Database, readOnly: boolean): void {
  try {
    if (!readOnly) {
      db.exec(`DELETE FROM meta WHERE name = 'open'`);
      db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    }
  } finally {
    db.close();
  }
}

export function logIdOf(db: Database): string {
  return (db.prepare(`SELECT value FROM meta WHERE name = 'log_id'`).get() as { value: string }).value;
}

/** What the log says of the move that fills it. */
export function arrivalIn(db: Database): Arrival | undefined {
  const row = db.prepare(`SELECT value FROM meta WHERE name = 'arrival'`).get() as { value: string } | undefined;
  return row && (JSON.parse(row.value) as Arrival);
}

/** True for a file with nothing in it yet; throws for one that is not an event log of this or an older release. */
function identify(db: Database): boolean {
  const application = pragma(db, 'application_id');
  const format = pragma(db, 'user_version');
  const empty = db.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined;
  if (application === 0 && format === 0 && empty) return true;
  if (application !== APPLICATION_ID) {
    throw new Error('it belongs to another application: name another file, or move this one away');
  }
  if (format > FORMAT) {
    throw new Error(
      `it has format ${format} and this release knows up to ${FORMAT}: use the newer release it came from`,
    );
  }
  return false;
}

function createTables(db: Database): void {
  db.exec(TABLES);
  db.prepare(`INSERT INTO meta (name, value) VALUES ('log_id', ?)`).run(randomUUID());
  db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${FORMAT}`);
}

function useWriteAheadLog(db: Database): void {
  const { journal_mode: mode } = db.prepare('PRAGMA journal_mode = WAL').get() as { journal_mode: string };
  if (mode !== 'wal') throw new Error('its file system has no shared memory for the write-ahead log: use a local disk');
  // An acknowledged event is on disk: FULL waits for each commit. The driver's own default in WAL mode is NORMAL.
  db.exec('PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864');
}

/** The mark is there while a writer has the file open: found at start, the last one did not end in good order. */
function checkAfterCrash(db: Database): void {
  const crashed = db.prepare(`SELECT 1 FROM meta WHERE name = 'open'`).get() !== undefined;
  const [damage] = crashed ? (isSmall(db) ? findDamage(db) : findDamageAtEnd(db)) : [];
  if (damage !== undefined) throw new Error(`it is damaged (${damage}): restore it from a backup`);
  db.exec(`INSERT OR REPLACE INTO meta (name, value) VALUES ('open', '1')`);
}

/** A full check of 256 MB takes a fraction of a second; of more, it would hold up the start. */
const isSmall = (db: Database): boolean => pragma(db, 'page_count') * pragma(db, 'page_size') <= 256 * 1024 * 1024;

function pragma(db: Database, name: string): number {
  return Object.values(db.prepare(`PRAGMA ${name}`).get() as Record<string, number>)[0]!;
}
