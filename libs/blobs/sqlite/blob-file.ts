import { transaction } from '#sqlite/transaction.js';
import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from '@photostructure/sqlite';

export type Database = InstanceType<typeof DatabaseSync>;

/** 'GHbl': tells the blobs from the other files of the data folder, and from anybody else's. */
const APPLICATION_ID = 0x4748626c;
const FORMAT = 1;

const TABLES = `
  CREATE TABLE blobs (sha256 TEXT PRIMARY KEY, size INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE chunks (
    sha256 TEXT NOT NULL REFERENCES blobs (sha256),
    number INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    UNIQUE (sha256, number)
  ) STRICT;
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${FORMAT};`;

/** Opens the file, making it (mode 0600) if there is none. Throws, without changing it, if it is something else or newer. */
export function openBlobFile(file: string, readOnly: boolean): Database {
  if (!readOnly) closeSync(openSync(file, 'a', 0o600));
  const db = new DatabaseSync(file, { readOnly, timeout: 5_000 });
  try {
    if (isEmpty(db) && !readOnly) transaction(db, () => isEmpty(db) && db.exec(TABLES));
    check(db, file);
    if (!readOnly) db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

const isEmpty = (db: Database): boolean =>
  pragma(db, 'application_id') === 0 && db.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined;

function check(db: Database, file: string): void {
  if (pragma(db, 'application_id') !== APPLICATION_ID) {
    throw new Error(`${file} does not hold Gatehouse's blobs: name another file, or move this one away`);
  }
  if (pragma(db, 'user_version') > FORMAT) {
    throw new Error(`${file} was written by a newer release: use that one`);
  }
}

function pragma(db: Database, name: string): number {
  return Object.values(db.prepare(`PRAGMA ${name}`).get() as Record<string, number>)[0]!;
}
