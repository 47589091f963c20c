import { transaction } from '#sqlite/transaction.js';
import type { StatementSyncInstance } from '@photostructure/sqlite';
import { LRUCache } from 'lru-cache';
import { LEVELS, type CellKey, type Use } from '../calls.js';
import type { ConsumptionStore, FoldedCell, FoldState, OpenFold, StoredSegment } from '../port.js';
import { portionOf, putPortion } from './moving.js';
import { pruneCells } from './pruning.js';
import { scanCells } from './scanning.js';
import { openDatabase } from './schema.js';

type Value = string | number | null | Uint8Array;
/** Runs a statement, which is prepared once. */
export interface Statements {
  all<R>(text: string, ...values: readonly Value[]): R[];
  /** Rows as lists of their columns: half the time where there are many. */
  lists<R>(text: string, ...values: readonly Value[]): R[];
  /** The number of rows that changed. */
  run(text: string, ...values: readonly Value[]): number;
}

const CELL = 'level = ? AND application = ? AND start = ? AND version = ? AND status = ?';

/** Consumption in one SQLite file, which one process writes. */
export function openSqliteConsumption({ file }: { readonly file: string }): ConsumptionStore {
  const db = openDatabase(file);
  const prepared = new LRUCache<string, StatementSyncInstance>({ max: 100 });
  const statement = (text: string, returnArrays = false): StatementSyncInstance => {
    let found = prepared.get(text);
    if (!found) prepared.set(text, (found = db.prepare(text, { returnArrays })));
    return found;
  };
  const sql: Statements = {
    all: <R>(text: string, ...values: readonly Value[]) => statement(text).all(...values) as R[],
    lists: <R>(text: string, ...values: readonly Value[]) => statement(text, true).all(...values) as R[],
    run: (text, ...values) => Number(statement(text).run(...values).changes),
  };

  let waitsForDisk = true;
  /**
   * A segment is on disk when it is answered. What a fold writes need not be: after a power cut the file is as it was at an
   * earlier moment, from which the fold goes on.
   */
  function waitForDisk(wanted: boolean): void {
    if (wanted === waitsForDisk) return;
    db.exec(`PRAGMA synchronous = ${wanted ? 'FULL' : 'NORMAL'}`);
    waitsForDisk = wanted;
  }

  const foldState = (): FoldState => {
    const { number, open } = sql.all<{ number: number; open: string | null }>('SELECT number, open FROM folds')[0]!;
    return open === null ? { number } : { number, open: JSON.parse(open) as OpenFold };
  };

  return {
    async add({ id, digest, answer, at, cells, content }) {
      waitForDisk(true);
      const insert =
        'INSERT OR IGNORE INTO segments (id, digest, answer, at, cells, content) VALUES (?, ?, ?, ?, ?, ?)';
      if (sql.run(insert, id, digest, answer, at, cells, cells === 0 ? null : content) === 1) return undefined;
      return sql.all<StoredSegment>('SELECT digest, answer FROM segments WHERE id = ?', id)[0];
    },
    async waiting(limit) {
      return sql.all('SELECT id, cells FROM segments WHERE content IS NOT NULL ORDER BY at, id LIMIT ?', limit);
    },
    async contents(ids) {
      const rows = sql.all<{ id: string; content: string }>(
        'SELECT id, content FROM segments WHERE content IS NOT NULL AND id IN (SELECT value FROM json_each(?))',
        JSON.stringify(ids),
      );
      return new Map(rows.map(({ id, content }) => [id, content]));
    },

    fold: async () => foldState(),
    async beginFold(last, open) {
      waitForDisk(false);
      const begin = 'UPDATE folds SET number = number + 1, open = ? WHERE number = ? AND open IS NULL';
      return sql.run(begin, JSON.stringify(open), last) === 1;
    },
    async endFold(number) {
      waitForDisk(false);
      transaction(db, () => {
        sql.run(
          `UPDATE segments SET content = NULL WHERE id IN (
             SELECT value FROM folds, json_each(folds.open, '$.segments') WHERE number = ? AND open IS NOT NULL)`,
          number,
        );
        sql.run('UPDATE folds SET open = NULL WHERE number = ?', number);
      });
    },
    async loadCells(keys) {
      return keys
        .flatMap((key) =>
          sql.all<Omit<FoldedCell, 'level'> & { level: number }>(
            `SELECT * FROM cells WHERE ${CELL}`,
            ...columnsOf(key),
          ),
        )
        .map((row) => ({ ...row, level: LEVELS[row.level]! }));
    },
    async writeCells(cells) {
      waitForDisk(false);
      const sketches = ({ latency, requestSize, responseSize }: FoldedCell) => [latency, requestSize, responseSize];
      transaction(db, () => {
        for (const cell of cells) {
          const sums = [cell.calls, cell.fold, ...sketches(cell)];
          if (cell.before === undefined) {
            sql.run('INSERT OR IGNORE INTO cells VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)', ...columnsOf(cell), ...sums);
          } else {
            sql.run(
              `UPDATE cells SET calls = ?, fold = ?, latency = ?, requestSize = ?, responseSize = ? WHERE ${CELL} AND fold = ?`,
              ...sums,
              ...columnsOf(cell),
              cell.before,
            );
          }
        }
      });
    },
    async noteUses(uses) {
      waitForDisk(false);
      transaction(db, () => {
        for (const { application, kind, id, day } of uses) {
          sql.run(
            `INSERT INTO uses VALUES (?, ?, ?, ?)
             ON CONFLICT DO UPDATE SET day = excluded.day WHERE excluded.day > day`,
            ...[application, kind, id, day],
          );
        }
      });
    },

    scan: (scan) => scanCells(sql, scan),
    async usesOf(applications) {
      return sql.all<Use>(
        'SELECT application, kind, id, day FROM uses WHERE application IN (SELECT value FROM json_each(?))',
        JSON.stringify(applications),
      );
    },
    async prune(before, limit) {
      waitForDisk(false);
      return transaction(db, () => pruneCells(sql, before, limit));
    },
    portion: async (from) => portionOf(sql, foldState(), from),
    putPortion: async (portion) => putPortion(db, sql, portion),
    async close() {
      db.close();
    },
  };
}

const columnsOf = ({ level, application, start, version, status }: CellKey): (string | number)[] => [
  LEVELS.indexOf(level),
  application,
  start,
  version,
  status,
];
