import { setImmediate as breathe } from 'node:timers/promises';
import { ALL_APPLICATIONS, LEVELS } from '../calls.js';
import type { Scan, ScannedCell, Span } from '../port.js';
import type { Statements } from './store.js';

/** Cells that are read in one go, which takes a few milliseconds. */
const PIECE = 2_000;

/** Where to go on: the columns of the primary key. */
type Place = readonly [application: string, start: number, version: string, status: number];

/** In the order of the primary key, application by application. */
export async function* scanCells(sql: Statements, scan: Scan): AsyncIterable<readonly ScannedCell[]> {
  const sketch = scan.measure === undefined ? '' : `, ${scan.measure} AS sketch`;
  const text = `SELECT application, start, version, status, calls${sketch} FROM cells
    WHERE level = ? AND application = ? AND (start, version, status) > (?, ?, ?) AND start < ? ORDER BY start, version, status LIMIT ?`;
  for (const span of scan.spans) {
    for (const application of applicationsIn(sql, scan, span)) {
      let [, start, version, status]: Place = [application, span.from, '', -1];
      for (;;) {
        const level = LEVELS.indexOf(span.level);
        const cells = sql.all<ScannedCell>(text, level, application, start, version, status, span.to, PIECE);
        if (cells.length > 0) yield cells;
        if (cells.length < PIECE) break;
        ({ start, version, status } = cells.at(-1)!);
        await breathe();
      }
    }
  }
}

function applicationsIn(sql: Statements, { applications }: Scan, { level }: Span): readonly string[] {
  if (applications === 'all') return [ALL_APPLICATIONS];
  if (applications !== 'each') return applications;
  // from one application to the next by the index: as many steps as there are applications
  const rows = sql.all<{ application: string }>(
    `WITH RECURSIVE names (application) AS (
       SELECT min(application) FROM cells WHERE level = ?1 AND application > ''
       UNION ALL
       SELECT (SELECT min(application) FROM cells WHERE level = ?1 AND application > names.application)
       FROM names WHERE application IS NOT NULL)
     SELECT application FROM names WHERE application IS NOT NULL`,
    LEVELS.indexOf(level),
  );
  return rows.map(({ application }) => application);
}
