import { LEVELS, type Level } from '../calls.js';
import type { Statements } from './store.js';

/** Deletes at most `limit` old cells of each level, and as many old segments that are folded. */
export function pruneCells(
  sql: Statements,
  before: Readonly<Record<Level | 'segment', number>>,
  limit: number,
): number {
  const key = 'level, application, start, version, status';
  const cells = LEVELS.map((level, number) =>
    sql.run(
      `DELETE FROM cells WHERE (${key}) IN (SELECT ${key} FROM cells WHERE level = ? AND start < ? LIMIT ?)`,
      number,
      before[level],
      limit,
    ),
  );
  const segments = sql.run(
    `DELETE FROM segments WHERE id IN (SELECT id FROM segments WHERE content IS NULL AND at < ? LIMIT ?)`,
    before.segment,
    limit,
  );
  return cells.reduce((sum, deleted) => sum + deleted, segments);
}
