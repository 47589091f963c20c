import type { Call } from './calls.js';

/** What is wrong with one field of one record. */
export interface RecordFault {
  /** As in `records.3.status`. */
  readonly field: string;
  readonly reason: string;
  readonly rule: string;
}

/** A call as a gateway tells of it. `id` tells it from others of its batch. */
export interface UsageRecord extends Call {
  readonly id?: string;
}

interface Field {
  readonly name: string;
  readonly to: keyof UsageRecord;
  readonly required?: boolean;
  readonly reason: string;
  readonly rule: string;
  /** Undefined: not understood. */
  read(value: unknown): string | number | undefined;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** RFC 3339: with a zone, as logs have it. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;
const LONGEST_ID = 200;

const uuid = (value: unknown): string | undefined =>
  typeof value === 'string' && UUID.test(value) ? value.toLowerCase() : undefined;

const number = (whole: boolean, least: number, most: number) => (value: unknown) =>
  typeof value === 'number' && value >= least && value <= most && (!whole || Number.isInteger(value))
    ? value
    : undefined;

function time(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isInteger(value) && value >= 0 && value <= 8.64e15 ? value : undefined;
  if (typeof value !== 'string' || !TIME.test(value)) return undefined;
  const parsed = Date.parse(value);
  return Number.isNaN(parsed) || parsed < 0 ? undefined : parsed;
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' && value.length <= LONGEST_ID ? value : undefined;

const DAY_MS = 86_400_000;
const PETABYTE = 2 ** 50;

const FIELDS: readonly Field[] = [
  { name: 'application_id', to: 'application', required: true, reason: 'must be a UUID', rule: 'is_uuid', read: uuid },
  { name: 'product_version_id', to: 'version', required: true, reason: 'must be a UUID', rule: 'is_uuid', read: uuid },
  {
    ...{ name: 'status', to: 'status', required: true, rule: 'is_integer', read: number(true, 100, 999) },
    reason: 'must be an HTTP status from 100 to 999',
  },
  {
    ...{ name: 'time', to: 'time', required: true, rule: 'is_date_time', read: time },
    reason: 'must be a date and time with its zone (RFC 3339), or milliseconds since 1970',
  },
  {
    ...{ name: 'latency_ms', to: 'latency', rule: 'is_number', read: number(false, 0, DAY_MS) },
    reason: 'must be a number of milliseconds, a day at most',
  },
  {
    ...{ name: 'request_bytes', to: 'requestSize', rule: 'is_integer', read: number(true, 0, PETABYTE) },
    reason: 'must be a number of bytes',
  },
  {
    ...{ name: 'response_bytes', to: 'responseSize', rule: 'is_integer', read: number(true, 0, PETABYTE) },
    reason: 'must be a number of bytes',
  },
  { name: 'credential_id', to: 'credential', reason: 'must be a UUID', rule: 'is_uuid', read: uuid },
  { name: 'id', to: 'id', reason: `must be a text of at most ${LONGEST_ID} characters`, rule: 'is_string', read: text },
];

const NAMES: ReadonlySet<string> = new Set(FIELDS.map(({ name }) => name));

/** Reads records, or tells what is wrong with them: never a value. Not by decorators: there are thousands a second. */
export function readRecords(sent: readonly unknown[]): {
  readonly records: readonly UsageRecord[];
  readonly faults: readonly RecordFault[];
} {
  const faults: RecordFault[] = [];
  const records = sent.map((given, index) => readRecord(given, `records.${index}`, faults));
  return { records, faults };
}

function readRecord(given: unknown, at: string, faults: RecordFault[]): UsageRecord {
  const record: Record<string, string | number> = {};
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    faults.push({ field: at, reason: 'must be an object', rule: 'is_object' });
    return record as unknown as UsageRecord;
  }
  for (const name in given) {
    if (!NAMES.has(name)) {
      faults.push({
        field: `${at}.${name.slice(0, 100)}`,
        reason: 'is not a known property',
        rule: 'unknown_property',
      });
    }
  }
  for (const { name, to, required, reason, rule, read } of FIELDS) {
    const value = (given as Record<string, unknown>)[name];
    if (value === undefined || value === null) {
      if (required) faults.push({ field: `${at}.${name}`, reason: 'is required', rule: 'required' });
      continue;
    }
    const understood = read(value);
    if (understood === undefined) faults.push({ field: `${at}.${name}`, reason, rule });
    else record[to] = understood;
  }
  return record as unknown as UsageRecord;
}

/** JSON Schema of a record, for the API's document. */
export const RECORD_SCHEMA = {
  type: 'object',
  required: FIELDS.filter(({ required }) => required).map(({ name }) => name),
  additionalProperties: false,
  properties: {
    application_id: {
      type: 'string',
      format: 'uuid',
      description: 'As the check answers it: Gatehouse-Application-Id.',
    },
    product_version_id: { type: 'string', format: 'uuid' },
    status: { type: 'integer', minimum: 100, maximum: 999, description: 'HTTP status that the caller got.' },
    time: {
      anyOf: [
        { type: 'string', format: 'date-time' },
        { type: 'integer', minimum: 0 },
      ],
      description: 'When the call was made: RFC 3339, or milliseconds since 1970.',
    },
    latency_ms: { type: ['number', 'null'], minimum: 0, maximum: DAY_MS },
    request_bytes: { type: ['integer', 'null'], minimum: 0 },
    response_bytes: { type: ['integer', 'null'], minimum: 0 },
    credential_id: { type: ['string', 'null'], format: 'uuid', description: 'As the check answers it.' },
    id: {
      type: ['string', 'null'],
      maxLength: LONGEST_ID,
      description: 'Of two records of a batch with one id, one counts.',
    },
  },
} as const;
