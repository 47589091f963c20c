import type { QueryParameter } from './operation.js';
import { invalid } from './problem.js';

/** The parameter of a list that goes on with a cursor. */
export const limitParameter = (most: number, standard: number): QueryParameter => ({
  description: `How many at most, 1 to ${most} (default ${standard}).`,
  schema: { type: 'integer', minimum: 1, maximum: most },
});

/**
 * A whole number from the query.
 * @throws Problem 400 naming the parameter
 */
export function readInteger(
  query: Readonly<Record<string, string>>,
  field: string,
  { least, most, standard }: { readonly least: number; readonly most: number; readonly standard: number },
): number {
  const text = query[field];
  if (text === undefined || text === '') return standard;
  const value = /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  const reason = `must be a whole number from ${least} to ${most}`;
  throw invalid({ field, reason, rule: 'invalid', minimum: least, maximum: most, source: 'query' });
}

/** Link header (RFC 8288) to the same list from a cursor on. */
export function nextLink(path: string, query: Readonly<Record<string, string>>, after: string): string {
  return `<${path}?${new URLSearchParams({ ...query, after }).toString()}>; rel="next"`;
}
