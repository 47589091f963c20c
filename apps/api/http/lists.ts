import type { QueryParameter, Schema } from './operation.js';
import { invalid, type InvalidParameter } from './problem.js';
import { foldText } from '#read-models/fold-text.js';
import { isUuid } from '#domain/core/text.js';
import type { Condition, Query } from '#read-models/port.js';

/** How one field may be filtered. `folded`: compare without case, on the view's folded twin of the field. */
export interface FilterField {
  readonly ops: readonly FilterOp[];
  /** The view's field, if it has another name. */
  readonly field?: string;
  readonly folded?: boolean;
  /** The view has no folded twin: its values are lower case anyway (statuses). */
  readonly lowerCase?: boolean;
  /** Allowed values. */
  readonly choices?: readonly string[];
  readonly boolean?: boolean;
  readonly uuid?: boolean;
  /** A date and time. */
  readonly date?: boolean;
}

export type FilterOp = 'eq' | 'neq' | 'contains' | 'oeq' | 'ocontains' | 'lt' | 'lte' | 'gt' | 'gte';

export interface ListSpec {
  readonly filter?: Readonly<Record<string, FilterField>>;
  /** Sortable attributes and the view's field for each. */
  readonly sort?: Readonly<Record<string, string>>;
  /** Further parameters of the operation. */
  readonly also?: Readonly<Record<string, QueryParameter>>;
}

export interface ListQuery {
  readonly size: number;
  readonly number: number;
  readonly where: readonly Condition[];
  readonly sort?: readonly { field: string; descending?: boolean }[];
}

const MAX_PAGE = 100;
const DEFAULT_PAGE = 10;

const text: Schema = { type: 'string' };

/** The query parameters that a list understands, for its operation. */
export function listParameters(spec: ListSpec = {}): Record<string, QueryParameter> {
  const all: Record<string, QueryParameter> = {
    'page[size]': {
      description: `Items per page, 1 to ${MAX_PAGE} (default ${DEFAULT_PAGE}).`,
      schema: { type: 'integer', minimum: 1, maximum: MAX_PAGE },
    },
    'page[number]': { description: 'Page, from 1.', schema: { type: 'integer', minimum: 1 } },
  };
  for (const [name, field] of Object.entries(spec.filter ?? {})) {
    const schema: Schema = field.boolean ? { type: 'boolean' } : field.choices ? { enum: field.choices } : text;
    all[`filter[${name}]`] = { description: `Only where ${name} equals this.`, schema };
    for (const op of field.ops) {
      all[`filter[${name}][${op}]`] = {
        description: `Only where ${name} ${WORDS[op]}.`,
        schema: op.startsWith('o') || op === 'contains' ? text : schema,
      };
    }
  }
  if (spec.sort) {
    const names = Object.keys(spec.sort);
    all['sort'] = { description: `One of ${names.join(', ')}; add " desc" for descending.`, schema: text };
  }
  return { ...all, ...spec.also };
}

const WORDS: Readonly<Record<FilterOp, string>> = {
  eq: 'equals this',
  neq: 'differs from this',
  contains: 'contains this, ignoring case',
  oeq: 'equals one of these (comma-separated)',
  ocontains: 'contains one of these (comma-separated), ignoring case',
  lt: 'is before this',
  lte: 'is not after this',
  gt: 'is after this',
  gte: 'is not before this',
};

/**
 * Reads paging, filters and sort of a list. Names are already known to be allowed.
 * @throws Problem 400 naming each parameter at fault
 */
export function parseList(query: Readonly<Record<string, string>>, spec: ListSpec = {}): ListQuery {
  const faults: InvalidParameter[] = [];
  const where: Condition[] = [];
  for (const [name, value] of Object.entries(query)) {
    const match = /^filter\[(\w+)\](?:\[(\w+)\])?$/.exec(name);
    const field = match && entryOf(spec.filter, match[1]!);
    if (!match || !field) continue;
    const op = (match[2] ?? 'eq') as FilterOp;
    const fault = checkValue(name, value, op, field);
    if (fault) faults.push(fault);
    else where.push(condition(match[1]!, value, op, field));
  }
  const size = pageNumber(query, 'page[size]', DEFAULT_PAGE, MAX_PAGE, faults);
  const number = pageNumber(query, 'page[number]', 1, Number.MAX_SAFE_INTEGER / MAX_PAGE, faults);
  const sort = parseSort(query['sort'], spec, faults);
  if (faults.length > 0) throw invalid(...faults);
  return { size, number, where, ...(sort ? { sort } : {}) };
}

/** Names come from callers: `constructor` is not one of ours. */
const entryOf = <T>(table: Readonly<Record<string, T>> | undefined, name: string): T | undefined =>
  table && Object.hasOwn(table, name) ? table[name] : undefined;

function condition(name: string, value: string, op: FilterOp, field: FilterField): Condition {
  const folded = op.endsWith('contains') || field.folded === true;
  const target = (field.field ?? name) + (folded && !field.lowerCase ? '_folded' : '');
  if (field.boolean) return { field: target, op: op as Condition['op'], value: value === 'true' };
  const normalise = (text: string): string => {
    if (field.uuid) return text.toLowerCase();
    if (field.date) return new Date(text).toISOString();
    return folded ? foldText(text) : text;
  };
  if (op !== 'oeq' && op !== 'ocontains') return { field: target, op, value: normalise(value) };
  const values = value.split(',').map((item) => normalise(item.trim()));
  return { field: target, op: op === 'oeq' ? 'in' : 'containsAny', value: values };
}

function checkValue(name: string, value: string, op: FilterOp, field: FilterField): InvalidParameter | undefined {
  const fault = (reason: string, rest: object = {}): InvalidParameter => ({
    field: name,
    reason,
    source: 'query',
    ...rest,
  });
  if (field.boolean && value !== 'true' && value !== 'false')
    return fault('must be true or false', { rule: 'is_boolean' });
  if (op.startsWith('o') || op === 'contains') return undefined;
  if (field.choices && !field.choices.includes(value)) {
    return fault(`must be one of ${field.choices.join(', ')}`, { rule: 'enum', choices: field.choices });
  }
  if (field.date && !isDateTime(value)) return fault('must be an ISO 8601 date and time', { rule: 'is_date_time' });
  if (field.uuid && !isUuid(value)) return fault('must be a UUID', { rule: 'is_uuid' });
  return undefined;
}

/** RFC 3339 as the specifications ask, and a date alone (its first moment, UTC). */
export const isDateTime = (text: string): boolean =>
  /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/i.test(text) && !Number.isNaN(Date.parse(text));

function pageNumber(
  query: Readonly<Record<string, string>>,
  name: string,
  absent: number,
  most: number,
  faults: InvalidParameter[],
): number {
  const text = query[name];
  if (text === undefined || text === '') return absent;
  const value = /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
  const fault = (rest: Partial<InvalidParameter> & { reason: string }) =>
    faults.push({ field: name, source: 'query', ...rest });
  if (Number.isNaN(value)) fault({ reason: 'must be a whole number', rule: 'is_integer' });
  else if (value < 1) fault({ reason: 'must be at least 1', rule: 'min', minimum: 1 });
  else if (value > most) fault({ reason: `must be at most ${most}`, rule: 'max', maximum: most });
  return value;
}

function parseSort(text: string | undefined, spec: ListSpec, faults: InvalidParameter[]) {
  if (text === undefined || text === '') return undefined;
  const match = /^(-?)([\w.]+?)(?:[ +](asc|desc))?$/i.exec(text);
  const field = match && entryOf(spec.sort, match[2]!);
  if (!match || !field) {
    const choices = Object.keys(spec.sort ?? {});
    faults.push({
      field: 'sort',
      reason: `must be one of ${choices.join(', ')}`,
      rule: 'enum',
      choices,
      source: 'query',
    });
    return undefined;
  }
  return [{ field, descending: match[1] === '-' || match[3]?.toLowerCase() === 'desc' }];
}

/** A page in the shape that every Kong-compatible list has. */
export const page = (data: readonly unknown[], query: ListQuery, total: number) => ({
  data,
  meta: { page: { number: query.number, size: query.size, total } },
});

/** The same page asked of a view. */
export const viewQuery = (
  query: ListQuery,
  own: readonly Condition[],
  standard: NonNullable<ListQuery['sort']>,
): Query => ({
  where: [...own, ...query.where],
  sort: query.sort ?? standard,
  skip: (query.number - 1) * query.size,
  limit: query.size,
});
