import type { QueryParameter, Schema } from './operation.js';
import { invalid, type InvalidParameter } from './problem.js';
import type { Condition } from '#read-models/port.js';

/** How one field may be filtered. `folded`: compare without case, on the view's folded twin of the field. */
export interface FilterField {
  readonly ops: readonly FilterOp[];
  /** The view's field, if it has another name. */
  readonly field?: string;
  readonly folded?: boolean;
  /** Allowed values. */
  readonly choices?: readonly string[];
  readonly boolean?: boolean;
  readonly uuid?: boolean;
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
  /** `ocontains`: any of several substrings; the caller applies it (a view has no OR). */
  readonly anyOf: readonly { field: string; values: readonly string[]; contains: boolean }[];
  readonly sort?: readonly { field: string; descending?: boolean }[];
}

export const foldText = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trim();

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
  const anyOf: { field: string; values: string[]; contains: boolean }[] = [];
  for (const [name, value] of Object.entries(query)) {
    const match = /^filter\[(\w+)\](?:\[(\w+)\])?$/.exec(name);
    const field = match && spec.filter?.[match[1]!];
    if (!match || !field) continue;
    const op = (match[2] ?? 'eq') as FilterOp;
    const fault = checkValue(name, value, op, field);
    if (fault) faults.push(fault);
    else if (op === 'oeq' || op === 'ocontains')
      anyOf.push({
        field: target(match[1]!, field, op),
        values: splitList(value, field, op),
        contains: op === 'ocontains',
      });
    else
      where.push({
        field: target(match[1]!, field, op),
        op,
        value: field.boolean ? value === 'true' : normalise(value, field, op),
      });
  }
  const size = pageNumber(query, 'page[size]', DEFAULT_PAGE, MAX_PAGE, faults);
  const number = pageNumber(query, 'page[number]', 1, Number.MAX_SAFE_INTEGER / MAX_PAGE, faults);
  const sort = parseSort(query['sort'], spec, faults);
  if (faults.length > 0) throw invalid(...faults);
  return { size, number, where, anyOf, ...(sort ? { sort } : {}) };
}

/** Substrings are compared folded; equality too where the field says so. */
const isFolded = (field: FilterField, op: FilterOp): boolean => op.endsWith('contains') || field.folded === true;
const target = (name: string, field: FilterField, op: FilterOp): string =>
  (field.field ?? name) + (isFolded(field, op) ? '_folded' : '');
const normalise = (value: string, field: FilterField, op: FilterOp): string =>
  isFolded(field, op) ? foldText(value) : value;
const splitList = (value: string, field: FilterField, op: FilterOp): string[] =>
  value.split(',').map((item) => normalise(item.trim(), field, op));

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
  if (field.uuid && !UUID.test(value)) return fault('must be a UUID', { rule: 'is_uuid' });
  return undefined;
}

export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

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
  const field = match && spec.sort?.[match[2]!];
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
