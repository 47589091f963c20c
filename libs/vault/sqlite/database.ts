import { transaction } from '#sqlite/transaction.js';
import { chmodSync, closeSync, openSync } from 'node:fs';
import { DatabaseSync } from '@photostructure/sqlite';
import type { DatabaseSyncInstance } from '@photostructure/sqlite';

/** 'GHVT': tells a vault file from any other SQLite file. */
const APPLICATION_ID = 0x47485654;
const SCHEMA_VERSION = 1;

const SCHEMA = `
  CREATE TABLE records (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    value TEXT NOT NULL,
    version INTEGER NOT NULL,
    owner TEXT,
    expires_at INTEGER,
    PRIMARY KEY (kind, id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX records_owner ON records (kind, owner) WHERE owner IS NOT NULL;
  CREATE INDEX records_expiry ON records (expires_at) WHERE expires_at IS NOT NULL;
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

export interface OpenOptions {
  readonly file: string;
  readonly readOnly?: boolean;
}

/** Opens the vault's file, making it (mode 0600) if there is none. Throws if the file is something else or newer. */
export function openDatabase({ file, readOnly = false }: OpenOptions): DatabaseSyncInstance {
  if (!readOnly) restrict(file);
  const db = new DatabaseSync(file, { readOnly, timeout: 5_000 });
  try {
    // A deleted key must leave no bytes, so freed cells and pages are zeroed.
    db.exec('PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY;');
    if (!readOnly) db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    if (!readOnly) createIfNew(db);
    check(db, file);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** SQLite gives its -wal and -shm files the mode of the main file. */
function restrict(file: string): void {
  if (file === ':memory:') return;
  closeSync(openSync(file, 'a', 0o600));
  chmodSync(file, 0o600);
}

function createIfNew(db: DatabaseSyncInstance): void {
  transaction(db, () => {
    const { tables } = db.prepare('SELECT count(*) AS tables FROM sqlite_schema').get() as { tables: number };
    if (tables === 0) db.exec(SCHEMA);
  });
}

function check(db: DatabaseSyncInstance, file: string): void {
  const { application_id } = db.prepare('PRAGMA application_id').get() as { application_id: number };
  if (application_id !== APPLICATION_ID) throw new Error(`${file} is not a Gatehouse vault; name another file`);
  const { user_version } = db.prepare('PRAGMA user_version').get() as { user_version: number };
  if (user_version > SCHEMA_VERSION) {
    throw new Error(`${file} was written by a newer Gatehouse (schema ${user_version}); start that version`);
  }
}
