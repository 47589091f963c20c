import { transaction } from '#sqlite/transaction.js';
import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import { LEVELS, type Use } from '../calls.js';
import type { FoldedCell, FoldState, Portion, Segment } from '../port.js';
import type { Statements } from './store.js';

const PORTION = 200;

type Key = readonly (string | number)[];
type CellRow = Omit<FoldedCell, 'level'> & { readonly level: number };
type SegmentRow = Omit<Segment, 'content'> & { readonly content: string | null };

const SEGMENTS = `SELECT * FROM segments WHERE id > ? ORDER BY id LIMIT ${PORTION}`;
const CELL_KEY = 'level, application, start, version, status';
const CELLS = `SELECT * FROM cells WHERE (${CELL_KEY}) > (?, ?, ?, ?, ?) ORDER BY ${CELL_KEY} LIMIT ${PORTION}`;
const USES = `SELECT * FROM uses WHERE (application, kind, id) > (?, ?, ?) ORDER BY application, kind, id LIMIT ${PORTION}`;

/** One table after the other, each in the order of its key; a cursor is the table and the last key. */
export function portionOf(sql: Statements, fold: FoldState, from?: string): Portion {
  const [table, after] = from ? (JSON.parse(from) as [string, Key]) : (['segments', ['']] as const);
  const portion: Portion = { segments: [], cells: [], uses: [] };
  const goOn = (last: Key | undefined, next: [string, Key]): string =>
    JSON.stringify(last === undefined ? next : [table, last]);
  if (table === 'segments') {
    const rows = sql.all<SegmentRow>(SEGMENTS, ...after);
    const last = rows.length < PORTION ? undefined : [rows.at(-1)!.id];
    return { ...portion, segments: rows.map(segmentFrom), next: goOn(last, ['cells', [-1, '', 0, '', 0]]) };
  }
  if (table === 'cells') {
    const rows = sql.all<CellRow>(CELLS, ...after);
    const at = rows.length < PORTION ? undefined : rows.at(-1)!;
    const last = at && [at.level, at.application, at.start, at.version, at.status];
    const cells = rows.map((row) => ({ ...row, level: LEVELS[row.level]! }));
    return { ...portion, cells, next: goOn(last, ['uses', ['', '', '']]) };
  }
  const uses = sql.all<Use>(USES, ...after);
  const at = uses.length < PORTION ? undefined : uses.at(-1)!;
  return { ...portion, uses, ...(at ? { next: JSON.stringify([table, [at.application, at.kind, at.id]]) } : { fold }) };
}

const segmentFrom = ({ content, ...row }: SegmentRow): Portion['segments'][number] => ({
  ...row,
  content: content ?? '',
  waits: content !== null,
});

export function putPortion(
  db: DatabaseSyncInstance,
  sql: Statements,
  { segments, cells, uses, fold }: Omit<Portion, 'next'>,
): void {
  transaction(db, () => {
    for (const { id, digest, answer, at, cells: count, content, waits } of segments) {
      sql.run('INSERT OR REPLACE INTO segments VALUES (?, ?, ?, ?, ?, ?)', id, digest, answer, at, count, waits ? content : null); // prettier-ignore
    }
    for (const { level, application, start, version, status, calls, fold: number, ...sketches } of cells) {
      const { latency, requestSize, responseSize } = sketches;
      sql.run(
        'INSERT OR REPLACE INTO cells VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
        ...[LEVELS.indexOf(level), application, start, version, status, calls, number],
        ...[latency, requestSize, responseSize],
      );
    }
    for (const { application, kind, id, day } of uses) {
      sql.run('INSERT OR REPLACE INTO uses VALUES (?, ?, ?, ?)', application, kind, id, day);
    }
    if (fold)
      sql.run('UPDATE folds SET number = ?, open = ?', fold.number, fold.open ? JSON.stringify(fold.open) : null);
  });
}
