import { transaction } from '#sqlite/transaction.js';
import { DatabaseSync, type DatabaseSyncInstance, type StatementSyncInstance } from '@photostructure/sqlite';
import { LRUCache } from 'lru-cache';
import { Superseded, type Checkpoint, type Doc, type DocWrite, type ReadModelStore } from '../port.js';
import { orderClause, whereClause } from './query.js';
import { createTable, fieldExpression, LIVE, readTable, tableName, type Scalar, type Table } from './tables.js';
import { createWriter } from './writer.js';

const FORMAT = 2;

export interface SqliteReadModelsOptions {
  readonly file: string;
  /** For the thread that answers while another one writes. The file must exist. */
  readonly readOnly?: boolean;
}

type Row = readonly [id: string, position: bigint, doc: string | null];

/**
 * Documents in one SQLite file, a table per collection. Everything in it can be rebuilt from the log, so that commits do
 * not wait for the disk (synchronous NORMAL): after a power cut the file is older, never broken.
 */
export function openSqliteReadModels({ file, readOnly = false }: SqliteReadModelsOptions): ReadModelStore {
  const db = new DatabaseSync(file, { readOnly, timeout: 5_000 });
  try {
    prepareFile(db, file, readOnly);
  } catch (error) {
    db.close();
    throw error;
  }
  const statements = new LRUCache<string, StatementSyncInstance>({ max: 500 });
  const statement = (text: string): StatementSyncInstance => {
    let found = statements.get(text);
    if (!found) {
      found = db.prepare(text, { returnArrays: true, readBigInts: true });
      statements.set(text, found);
    }
    return found;
  };
  const rows = <R>(text: string, ...values: readonly (string | number | bigint)[]): R[] =>
    statement(text).all(...values) as R[];
  const run = (text: string, ...values: readonly (Scalar | bigint)[]): number =>
    Number(statement(text).run(...values).changes);

  const tables = new Map<string, Table>();
  function table(collection: string): Table {
    let known = tables.get(collection);
    if (!known) {
      known = readTable(db, collection);
      // a table without columns may be one that is not made yet
      if (known.fields.length > 0) tables.set(collection, known);
    }
    return known;
  }

  const writers = new Map<string, (write: DocWrite) => void>();
  function writer(collection: string): (write: DocWrite) => void {
    let known = writers.get(collection);
    if (!known) writers.set(collection, (known = createWriter(statement, table(collection))));
    return known;
  }

  return {
    async ensure(collection, indexes) {
      transaction(db, () => createTable(db, collection, indexes));
    },
    async collections() {
      return rows<[string]>(
        `SELECT substr(name, 5) FROM sqlite_schema WHERE type = 'table' AND name GLOB 'doc_*' ORDER BY name`,
      ).map(([name]) => name);
    },
    async drop(collection) {
      transaction(db, () => {
        db.exec(`DROP TABLE IF EXISTS ${tableName(collection)}`);
        tables.delete(collection);
        writers.delete(collection);
        run('DELETE FROM checkpoints WHERE collection = ?', collection);
        run('DELETE FROM owners WHERE collection = ?', collection);
      });
    },
    async pointer(view) {
      return rows<[string]>('SELECT collection FROM pointers WHERE view = ?', view)[0]?.[0];
    },
    async setPointer(view, collection) {
      run(
        `INSERT INTO pointers (view, collection) VALUES (?, ?)
         ON CONFLICT (view) DO UPDATE SET collection = excluded.collection`,
        view,
        collection,
      );
    },

    async load(collection, ids) {
      return rows<Row>(
        `SELECT id, pos, doc FROM ${tableName(collection)} WHERE id IN (SELECT value FROM json_each(?))`,
        JSON.stringify(ids),
      ).map(toWrite);
    },
    async loadWhere(collection, field, value) {
      const { name, fields } = table(collection);
      return rows<Row>(
        `SELECT id, pos, doc FROM ${name} WHERE ${LIVE} AND ${fieldExpression(field, fields)} = ?`,
        value,
      ).map(toWrite);
    },
    async claim(collection, epoch) {
      const claimed = run(
        `INSERT INTO owners (collection, epoch) VALUES (?, ?)
         ON CONFLICT (collection) DO UPDATE SET epoch = excluded.epoch WHERE excluded.epoch >= epoch`,
        collection,
        epoch,
      );
      return claimed > 0;
    },
    async write(collection, writes, checkpoint, epoch) {
      const put = writer(collection);
      transaction(db, () => {
        if (epoch !== undefined && ownerOf(collection) > epoch) throw new Superseded(collection);
        writes.forEach(put);
        saveCheckpoint(collection, checkpoint);
      });
    },
    async checkpoint(collection) {
      return checkpointOf(collection);
    },
    async purge(collection, before) {
      return run(`DELETE FROM ${tableName(collection)} WHERE deleted = 1 AND pos < ?`, before);
    },

    async get(collection, id) {
      const row = rows<[string]>(`SELECT doc FROM ${tableName(collection)} WHERE id = ? AND ${LIVE}`, id)[0];
      return row && toDoc(row);
    },
    async getMany(collection, ids) {
      const found = rows<[string]>(
        `SELECT doc FROM ${tableName(collection)} WHERE ${LIVE} AND id IN (SELECT value FROM json_each(?))`,
        JSON.stringify(ids),
      ).map(toDoc);
      return new Map(found.map((doc) => [doc.id, doc]));
    },
    async find(collection, { where, sort, skip = 0, limit }) {
      const { name, fields } = table(collection);
      const condition = whereClause(where, fields);
      return rows<[string]>(
        `SELECT doc FROM ${name} WHERE ${condition.text} ORDER BY ${orderClause(sort, fields)} LIMIT ? OFFSET ?`,
        ...condition.values,
        limit,
        skip,
      ).map(toDoc);
    },
    async count(collection, where) {
      const { name, fields } = table(collection);
      const condition = whereClause(where, fields);
      const counted = rows<[bigint]>(`SELECT count(*) FROM ${name} WHERE ${condition.text}`, ...condition.values);
      return Number(counted[0]?.[0]);
    },
    async close() {
      statements.clear();
      writers.clear();
      db.close();
    },
  };

  function ownerOf(collection: string): bigint {
    return rows<[bigint]>('SELECT epoch FROM owners WHERE collection = ?', collection)[0]?.[0] ?? 0n;
  }

  function checkpointOf(collection: string): Checkpoint | undefined {
    const row = rows<[string, bigint, string]>(
      'SELECT log_id, position, event_id FROM checkpoints WHERE collection = ?',
      collection,
    )[0];
    return row && { logId: row[0], position: row[1], eventId: row[2] };
  }

  function saveCheckpoint(collection: string, { logId, position, eventId }: Checkpoint): void {
    const stored = checkpointOf(collection);
    if (stored && stored.logId !== logId) {
      throw new Error(`collection ${collection} follows log ${stored.logId}, not ${logId}: rebuild it`);
    }
    if (stored && stored.position >= position) return;
    run(
      'INSERT OR REPLACE INTO checkpoints (collection, log_id, position, event_id) VALUES (?, ?, ?, ?)',
      collection,
      logId,
      position,
      eventId,
    );
  }
}

function prepareFile(db: DatabaseSyncInstance, file: string, readOnly: boolean): void {
  if (!readOnly) {
    // a checkpoint every 64 MB of WAL: building a view rewrites the same pages again and again
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 16000');
  }
  // the operating system keeps the file in memory as well: a reader needs little of its own
  db.exec(`PRAGMA cache_size = ${readOnly ? -4000 : -32000}`);
  const { user_version: found } = db.prepare('PRAGMA user_version').get() as { user_version: number };
  if (found === FORMAT) return readOnly ? undefined : createOwners(db);
  if (found !== 0 || readOnly) {
    throw new Error(
      `${file} has format ${found}, this release reads ${FORMAT}: move it away, it is rebuilt from the log`,
    );
  }
  db.exec(`
    CREATE TABLE IF NOT EXISTS checkpoints (
      collection TEXT PRIMARY KEY, log_id TEXT NOT NULL, position INTEGER NOT NULL, event_id TEXT NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS pointers (view TEXT PRIMARY KEY, collection TEXT NOT NULL) STRICT;
    PRAGMA user_version = ${FORMAT}`);
  createOwners(db);
}

/** Files of the first releases have none. */
function createOwners(db: DatabaseSyncInstance): void {
  db.exec('CREATE TABLE IF NOT EXISTS owners (collection TEXT PRIMARY KEY, epoch INTEGER NOT NULL) STRICT');
}

const toDoc = ([doc]: readonly [string]): Doc => JSON.parse(doc) as Doc;

const toWrite = ([id, position, doc]: Row): DocWrite => ({
  id,
  position,
  doc: doc === null ? null : (JSON.parse(doc) as Doc),
});
