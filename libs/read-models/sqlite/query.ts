import { afterPrefix, listOf, scalarOf, textOf } from '../condition.js';
import type { Condition, Operator, Query } from '../port.js';
import { fieldExpression, LIVE } from './tables.js';

/** A piece of SQL with the values for its placeholders, in order. */
export interface Sql {
  readonly text: string;
  readonly values: readonly (string | number)[];
}

/**
 * The conditions of a query joined by AND. The one that hides tombstones is also what lets the planner use the collection's
 * partial indexes. `fields`: those that have a column.
 */
export function whereClause(conditions: readonly Condition[], fields: readonly string[]): Sql {
  const clauses = conditions.map((condition) => clause(condition, fields));
  return {
    text: [LIVE, ...clauses.map((c) => c.text)].join(' AND '),
    values: clauses.flatMap((c) => c.values),
  };
}

export function orderClause(sort: Query['sort'] = [], fields: readonly string[]): string {
  const terms = sort
    .filter((s) => s.field !== 'id')
    .map((s) => `${fieldExpression(s.field, fields)}${s.descending ? ' DESC' : ''}`);
  return [...terms, sort.at(-1)?.descending ? 'id DESC' : 'id'].join(', ');
}

const OPERATORS: Readonly<Record<Operator, (x: string, condition: Condition) => Sql>> = {
  eq: (x, c) => (c.value === null ? sql(`${x} IS NULL`) : sql(`${x} = ?`, scalar(c))),
  neq: (x, c) => (c.value === null ? sql(`${x} IS NOT NULL`) : sql(`${x} IS NOT ?`, scalar(c))),
  in: (x, c) => sql(`${x} IN (SELECT value FROM json_each(?))`, JSON.stringify(listOf(c))),
  contains: (x, c) => sql(`instr(${x}, ?) > 0`, textOf(c)),
  containsAny: (x, c) =>
    sql(`EXISTS (SELECT 1 FROM json_each(?) WHERE instr(${x}, value) > 0)`, JSON.stringify(listOf(c))),
  prefix: (x, c) => {
    const end = afterPrefix(textOf(c));
    return end === undefined ? sql(`${x} >= ?`, textOf(c)) : sql(`${x} >= ? AND ${x} < ?`, textOf(c), end);
  },
  lt: (x, c) => sql(`${x} < ?`, scalar(c)),
  lte: (x, c) => sql(`${x} <= ?`, scalar(c)),
  gt: (x, c) => sql(`${x} > ?`, scalar(c)),
  gte: (x, c) => sql(`${x} >= ?`, scalar(c)),
};

function clause(condition: Condition, fields: readonly string[]): Sql {
  return OPERATORS[condition.op](fieldExpression(condition.field, fields), condition);
}

const sql = (text: string, ...values: (string | number)[]): Sql => ({ text, values });

/** As json_extract gives it: 1 and 0 for true and false. */
function scalar(condition: Condition): string | number {
  const value = scalarOf(condition);
  return typeof value === 'boolean' ? Number(value) : value;
}
