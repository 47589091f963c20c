import type { ListQuery } from './lists.js';
import type { Condition, Doc } from '#read-models/port.js';

const order = (a: unknown, b: unknown): number => {
  if (a == null || b == null) return Number(a != null) - Number(b != null);
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return Number(a) - Number(b);
};

const TESTS: Readonly<Record<Condition['op'], (value: unknown, wanted: Condition['value']) => boolean>> = {
  eq: (value, wanted) => (wanted === null ? value == null : value === wanted),
  neq: (value, wanted) => (wanted === null ? value != null : value !== wanted),
  in: (value, wanted) => (wanted as readonly unknown[]).includes(value),
  contains: (value, wanted) => typeof value === 'string' && value.includes(String(wanted)),
  containsAny: (value, wanted) =>
    typeof value === 'string' && (wanted as readonly string[]).some((part) => value.includes(part)),
  prefix: (value, wanted) => typeof value === 'string' && value.startsWith(String(wanted)),
  lt: (value, wanted) => value != null && order(value, wanted) < 0,
  lte: (value, wanted) => value != null && order(value, wanted) <= 0,
  gt: (value, wanted) => value != null && order(value, wanted) > 0,
  gte: (value, wanted) => value != null && order(value, wanted) >= 0,
};

/** Whether a document meets all conditions, as a view's store would judge it. For small sets that no view holds as asked. */
export const matches = (doc: object, conditions: readonly Condition[]): boolean =>
  conditions.every(({ field, op, value }) => TESTS[op]((doc as Record<string, unknown>)[field], value));

/** A page of documents in memory: filtered, sorted (`standard` unless the query says how; ties by id) and cut as a view's would be. */
export function listInMemory<T extends Doc>(
  docs: readonly T[],
  query: ListQuery,
  standard: NonNullable<ListQuery['sort']>,
): { readonly docs: readonly T[]; readonly total: number } {
  const sort = query.sort ?? standard;
  const ties = { field: 'id', ...(sort.at(-1)?.descending ? { descending: true } : {}) };
  const found = docs.filter((doc) => matches(doc, query.where));
  found.sort((a, b) => {
    for (const { field, descending } of [...sort, ties]) {
      const difference = order(a[field], b[field]);
      if (difference !== 0) return descending ? -difference : difference;
    }
    return 0;
  });
  const skip = (query.number - 1) * query.size;
  return { docs: found.slice(skip, skip + query.size), total: found.length };
}
