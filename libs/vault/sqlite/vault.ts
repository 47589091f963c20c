import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import type { VaultRecord, VaultStore, WriteOptions } from '../port.js';
import { VaultUnavailable } from '../port.js';
import { openDatabase } from './database.js';
import type { OpenOptions } from './database.js';
import { createGroupCommit } from './group-commit.js';

export interface SqliteVaultOptions extends OpenOptions {
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

interface Row {
  readonly id: string;
  readonly value: string;
  readonly version: number;
  readonly owner: string | null;
  readonly expires_at: number | null;
}

const COLUMNS = 'id, value, version, owner, expires_at';
const LIVE = '(expires_at IS NULL OR expires_at > :now)';
const INSERT = `INSERT INTO records (kind, id, value, version, owner, expires_at)
  VALUES (:kind, :id, :value, 1, :owner, :expiresAt)
  ON CONFLICT (kind, id) DO UPDATE
  SET value = excluded.value, version = version + 1, owner = excluded.owner, expires_at = excluded.expires_at`;

/**
 * The embedded vault: one SQLite file in WAL mode with full sync. Writes that arrive together share one commit.
 * With `readOnly` every write rejects.
 */
export function openSqliteVault({ now = Date.now, ...options }: SqliteVaultOptions): VaultStore {
  const db = openDatabase(options);
  const commits = createGroupCommit(db);
  const sql = {
    get: db.prepare(`SELECT ${COLUMNS} FROM records WHERE kind = :kind AND id = :id AND ${LIVE}`),
    getMany: db.prepare(
      `SELECT ${COLUMNS} FROM records WHERE kind = :kind AND id IN (SELECT value FROM json_each(:ids)) AND ${LIVE}`,
    ),
    list: db.prepare(
      `SELECT ${COLUMNS} FROM records WHERE kind = :kind AND id > :after AND ${LIVE} ORDER BY id LIMIT :limit`,
    ),
    listOwned: db.prepare(
      `SELECT ${COLUMNS} FROM records WHERE kind = :kind AND owner = :owner AND id > :after AND ${LIVE} ORDER BY id LIMIT :limit`,
    ),
    listAll: db.prepare(
      `SELECT kind, ${COLUMNS} FROM records WHERE (kind, id) > (:kind, :id) AND ${LIVE} ORDER BY kind, id LIMIT :limit`,
    ),
    insert: db.prepare(`${INSERT} WHERE expires_at <= :now`),
    put: db.prepare(INSERT),
    replace: db.prepare(
      `UPDATE records SET value = :value, version = version + 1, owner = :owner, expires_at = :expiresAt
       WHERE kind = :kind AND id = :id AND version = :version AND ${LIVE}`,
    ),
    delete: db.prepare(`DELETE FROM records WHERE kind = :kind AND id = :id RETURNING ${LIVE} AS live`),
    deleteOwned: db.prepare(`DELETE FROM records WHERE kind = :kind AND owner = :owner`),
    purge: db.prepare(`DELETE FROM records WHERE expires_at < :now`),
  };
  const content = (value: unknown, { owner, expiresAt }: WriteOptions = {}) => ({
    value: encode(value),
    owner: owner ?? null,
    expiresAt: expiresAt ?? null,
  });

  return {
    async get(kind, id) {
      const row = reading(() => sql.get.get({ kind, id, now: now() }) as Row | undefined);
      return row && toRecord(row);
    },
    async getMany(kind, ids) {
      const rows = reading(() => sql.getMany.all({ kind, ids: JSON.stringify(ids), now: now() }) as Row[]);
      return new Map(rows.map((row) => [row.id, toRecord(row)]));
    },
    async insert(kind, id, value, write) {
      const row = { kind, id, ...content(value, write) };
      return commits.write(() => sql.insert.run({ ...row, now: now() }).changes > 0, write?.relaxed);
    },
    async put(kind, id, value, write) {
      const row = { kind, id, ...content(value, write) };
      await commits.write(() => sql.put.run(row), write?.relaxed);
    },
    async replace(kind, id, version, value, write) {
      const row = { kind, id, version, ...content(value, write) };
      return commits.write(() => sql.replace.run({ ...row, now: now() }).changes > 0, write?.relaxed);
    },
    async delete(kind, id) {
      return commits.write(
        () => (sql.delete.get({ kind, id, now: now() }) as { live: number } | undefined)?.live === 1,
      );
    },
    async deleteOwned(kind, owner) {
      return commits.write(() => sql.deleteOwned.run({ kind, owner }).changes);
    },
    async list(kind, { owner, after = '', limit }) {
      const page = { kind, after, limit, now: now() };
      const rows = reading(() => (owner === undefined ? sql.list.all(page) : sql.listOwned.all({ ...page, owner })));
      return (rows as Row[]).map(toRecord);
    },
    async listAll({ after = { kind: '', id: '' }, limit }) {
      const { kind, id } = after;
      const rows = reading(() => sql.listAll.all({ kind, id, limit, now: now() }) as (Row & { kind: string })[]);
      return rows.map((row) => ({ kind: row.kind, ...toRecord(row) }));
    },
    async purge(before) {
      return commits.write(() => sql.purge.run({ now: before }).changes);
    },
    async scrub() {
      commits.flush();
      scrubFile(db);
    },
    async close() {
      commits.flush();
      // The driver lets go of the file only when its statements are collected, so the journal is emptied here.
      if (!options.readOnly) emptyJournal(db);
      db.close();
    },
  };
}

function reading<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new VaultUnavailable('The vault file could not be read; try again', { cause });
  }
}

/**
 * secure_delete alone is not enough: when a full page is split, SQLite can leave a copy of a cell in the unused part of a
 * page, and only writing the file anew drops it.
 */
function scrubFile(db: DatabaseSyncInstance): void {
  try {
    db.exec('VACUUM');
  } catch (cause) {
    throw new VaultUnavailable('The vault file could not be written anew to drop deleted values; repeat', { cause });
  }
  if (!emptyJournal(db)) throw new VaultUnavailable('The vault is being read, so its journal was not emptied; repeat');
}

/** False if a reader in another process stood in the way. */
function emptyJournal(db: DatabaseSyncInstance): boolean {
  return (db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() as { busy: number }).busy === 0;
}

function encode(value: unknown): string {
  const text = JSON.stringify(value);
  if (text === undefined) throw new TypeError('A vault value must be JSON');
  return text;
}

function toRecord(row: Row): VaultRecord {
  return {
    id: row.id,
    value: JSON.parse(row.value),
    version: row.version,
    ...(row.owner === null ? {} : { owner: row.owner }),
    ...(row.expires_at === null ? {} : { expiresAt: row.expires_at }),
  };
}
