import { setImmediate as breathe } from 'node:timers/promises';
import { ALL_APPLICATIONS, LEVELS } from '../calls.js';
import type { Scan, ScannedCell, Span } from '../port.js';
import type { Statements } from './store.js';

/** Cells that are read in one go, which takes a few milliseconds. */
const PIECE = 2_000;

/** Applications whose sums are read in one go. */
const TOGETHER = 20;

type Columns = readonly [start: number, version: string, status: number, calls: number, sketch?: Uint8Array];

/** Application by application, in the order of the primary key. */
export async function* scanCells(sql: Statements, scan: Scan): AsyncIterable<readonly ScannedCell[]> {
  for (const span of scan.spans) {
    const applications = applicationsIn(sql, scan, span);
    if (scan.anyTime && scan.measure === undefined) yield* sumsOf(sql, span, applications);
    else for (const application of applications) yield* cellsOf(sql, span, application, scan.measure);
  }
}

async function* sumsOf(sql: Statements, { level, from, to }: Span, applications: readonly string[]) {
  const text = `SELECT 0, version, status, sum(calls) FROM cells
    WHERE level = ? AND application = ? AND start >= ? AND start < ? GROUP BY version, status`;
  for (let i = 0; i < applications.length; i += TOGETHER) {
    yield applications
      .slice(i, i + TOGETHER)
      .flatMap((application) =>
        sql
          .lists<Columns>(text, LEVELS.indexOf(level), application, from, to)
          .map(([, version, status, calls]): ScannedCell => ({ start: from, application, version, status, calls })),
      );
    await breathe();
  }
}

async function* cellsOf(sql: Statements, span: Span, application: string, measure: Scan['measure']) {
  const sketch = measure === undefined ? '' : `, ${measure}`;
  const text = `SELECT start, version, status, calls${sketch} FROM cells
    WHERE level = ? AND application = ? AND (start, version, status) > (?, ?, ?) AND start < ? ORDER BY start, version, status LIMIT ?`;
  let [after, version, status]: [number, string, number] = [span.from, '', -1];
  for (;;) {
    const level = LEVELS.indexOf(span.level);
    const rows = sql.lists<Columns>(text, level, application, after, version, status, span.to, PIECE);
    if (rows.length > 0) yield rows.map((row) => cellFrom(application, row));
    if (rows.length < PIECE) return;
    [after, version, status] = rows.at(-1)!;
    await breathe();
  }
}

const cellFrom = (application: string, [start, version, status, calls, sketch]: Columns): ScannedCell => ({
  ...{ start, application, version, status, calls },
  ...(sketch ? { sketch } : {}),
});

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
