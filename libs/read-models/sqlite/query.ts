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
  in: (x, c) => sql(`${x} IN (SELECT value FROM json_each(?))`, JSON.stringify(list(c))),
  contains: (x, c) => sql(`instr(${x}, ?) > 0`, text(c)),
  containsAny: (x, c) =>
    sql(`EXISTS (SELECT 1 FROM json_each(?) WHERE instr(${x}, value) > 0)`, JSON.stringify(list(c))),
  prefix: (x, c) => {
    const end = afterPrefix(text(c));
    return end === undefined ? sql(`${x} >= ?`, text(c)) : sql(`${x} >= ? AND ${x} < ?`, text(c), end);
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

function scalar({ field, op, value }: Condition): string | number {
  if (typeof value === 'string' || typeof value === 'number') return value;
  // json_extract gives 1 and 0 for true and false
  if (typeof value === 'boolean') return value ? 1 : 0;
  throw new TypeError(`condition on ${field}: ${op} takes one text, number or boolean`);
}

function text({ field, op, value }: Condition): string {
  if (typeof value === 'string') return value;
  throw new TypeError(`condition on ${field}: ${op} takes a text`);
}

function list({ field, op, value }: Condition): readonly (string | number)[] {
  if (Array.isArray(value)) return value;
  throw new TypeError(`condition on ${field}: ${op} takes a list`);
}

/** The smallest text greater than every text with this prefix, in code point order; undefined if there is none. */
export function afterPrefix(prefix: string): string | undefined {
  const points = Array.from(prefix, (character) => character.codePointAt(0)!);
  while (points.at(-1) === 0x10ffff) points.pop();
  const last = points.pop();
  if (last === undefined) return undefined;
  // 0xD800 to 0xDFFF are surrogates, no characters
  return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1);
}
