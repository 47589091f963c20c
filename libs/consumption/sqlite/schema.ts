import { transaction } from '#sqlite/transaction.js';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';

/** 'GHCN': tells a consumption file from any other SQLite file. */
const APPLICATION_ID = 0x4748434e;
const SCHEMA_VERSION = 1;

/** `level`: 0 minute, 1 hour, 2 day. `content`: null once it is folded. */
const SCHEMA = `
  CREATE TABLE segments (
    id TEXT PRIMARY KEY,
    digest TEXT NOT NULL,
    answer TEXT NOT NULL,
    at INTEGER NOT NULL,
    cells INTEGER NOT NULL,
    content TEXT
  ) STRICT;
  CREATE INDEX segments_waiting ON segments (at, id) WHERE content IS NOT NULL;
  CREATE INDEX segments_folded ON segments (at) WHERE content IS NULL;
  CREATE TABLE folds (number INTEGER NOT NULL, open TEXT) STRICT;
  INSERT INTO folds VALUES (0, NULL);
  CREATE TABLE cells (
    level INTEGER NOT NULL,
    application TEXT NOT NULL,
    start INTEGER NOT NULL,
    version TEXT NOT NULL,
    status INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    fold INTEGER NOT NULL,
    latency BLOB NOT NULL,
    requestSize BLOB NOT NULL,
    responseSize BLOB NOT NULL,
    PRIMARY KEY (level, application, start, version, status)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX cells_start ON cells (level, start);
  CREATE TABLE uses (
    application TEXT NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    day TEXT NOT NULL,
    PRIMARY KEY (application, kind, id)
  ) STRICT, WITHOUT ROWID;
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

/** Opens the file, making it if there is none. Throws if it is something else or newer. */
export function openDatabase(file: string): DatabaseSyncInstance {
  const db = new DatabaseSync(file, { timeout: 5_000 });
  try {
    // FULL: a batch is answered when it is on disk
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -32000;');
    transaction(db, () => {
      const { tables } = db.prepare('SELECT count(*) AS tables FROM sqlite_schema').get() as { tables: number };
      if (tables === 0) db.exec(SCHEMA);
    });
    check(db, file);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function check(db: DatabaseSyncInstance, file: string): void {
  const { application_id } = db.prepare('PRAGMA application_id').get() as { application_id: number };
  if (application_id !== APPLICATION_ID) throw new Error(`${file} is no consumption file of Gatehouse; move it away`);
  const { user_version } = db.prepare('PRAGMA user_version').get() as { user_version: number };
  if (user_version > SCHEMA_VERSION) {
    throw new Error(`${file} was written by a newer Gatehouse (schema ${user_version}); start that version`);
  }
}
