import type { BodySchema, DescribedOperation } from './operations.js';
import { sampleBody } from './operations.js';

/** A request with one fault, and what the answer must be. */
export interface Fault {
  readonly what: string;
  readonly payload?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** After a `?`. */
  readonly query?: string;
  readonly status: number;
  /** The field that must be named: by this name, or by a path below it. */
  readonly field?: string;
}

const KILOBYTE = 1024;
const DEPTH = 10_000;

/** Faults of the body as a whole. */
export function bodyFaults(operation: DescribedOperation): Fault[] {
  const { body: schema } = operation;
  if (!schema) return [];
  const body = sampleBody(operation)!;
  const [first = 'surprise'] = Object.keys(schema.properties ?? {});
  const twice = `{${JSON.stringify(first)}:"a",${JSON.stringify(first)}:"b"}`;
  const whole = (what: string, payload: string | Buffer, field = 'body'): Fault => ({
    what,
    payload,
    field,
    status: 400,
  });
  return [
    whole('half a document', '{"name":'),
    whole('a comment', '{/* */}'),
    whole('two documents', '{}{}'),
    whole('bytes that are not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])),
    whole('a NUL byte', '{}\0'),
    whole('a byte order mark of UTF-16', Buffer.from('\ufeff{}', 'utf16le')),
    whole('arrays 10,000 deep', '['.repeat(DEPTH) + ']'.repeat(DEPTH)),
    whole('objects 10,000 deep', '{"a":'.repeat(DEPTH) + '1' + '}'.repeat(DEPTH)),
    whole('an array', '[]'),
    whole('a text', '"name"'),
    whole('a number', '1'),
    whole('the same key twice', twice, first),
    whole('an unknown field', JSON.stringify({ ...body, surprise: 1 }), 'surprise'),
    whole('a prototype', '{"__proto__":{"admin":true}}', '__proto__'),
    whole('a constructor', '{"constructor":{"prototype":{"admin":true}}}', 'constructor'),
    { what: 'text', payload: 'name=x', headers: { 'content-type': 'text/plain' }, status: 415 },
    { what: 'XML', payload: '<a/>', headers: { 'content-type': 'application/xml' }, status: 415 },
    { what: 'a form', payload: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' }, status: 415 },
    { what: 'UTF-16', payload: '{}', headers: { 'content-type': 'application/json; charset=utf-16' }, status: 415 },
    { what: 'no type', payload: '{}', headers: { 'content-type': '' }, status: 415 },
  ];
}

/** Faults of each field: a wrong type, too long, NUL bytes, half a character. */
export function fieldFaults(operation: DescribedOperation): Fault[] {
  const { body: schema } = operation;
  const body = sampleBody(operation);
  return Object.entries(schema?.properties ?? {}).flatMap(([field, property]) =>
    wrongValues(field, property).map(([what, value]) => ({
      what: `${field}: ${what}`,
      payload: JSON.stringify({ ...body, [field]: value }),
      field,
      status: 400,
    })),
  );
}

/** A password may hold anything: it is compared, and never stored. */
const ANY_CHARACTERS = new Set(['password']);

function wrongValues(field: string, { type, maxLength, items }: BodySchema): [what: string, value: unknown][] {
  const types = [type ?? []].flat();
  if (types.includes('string')) {
    return [
      ['a number', 1],
      ['an object', { a: 1 }],
      ['a list', ['a']],
      ...(maxLength === undefined ? [] : [['too long', 'a'.repeat(maxLength + 1)] as [string, string]]),
      ...(ANY_CHARACTERS.has(field)
        ? []
        : ([
            ['a NUL', 'a\0b.json'],
            ['half a character', 'a\ud800b.json'],
          ] as [string, string][])),
    ];
  }
  if (types.includes('integer')) return [['a text', 'many'], ['a fraction', 1.5], ['too large', 1e300]]; // prettier-ignore
  if (types.includes('boolean')) return [['a text', 'yes'], ['a number', 1]]; // prettier-ignore
  if (types.includes('array')) {
    const wrong: unknown = items?.type === 'string' || items?.format ? 1 : 'x';
    if (!items) return [['a text', 'a'], ['an object', { 0: 'a' }]]; // prettier-ignore
    return [
      ['a text', 'a'],
      ['an object', { 0: 'a' }],
      ['wrong items', [wrong]],
      ['too many', Array.from({ length: 1001 }, (_, number) => `item ${number}`)],
    ];
  }
  if (types.includes('object')) return [['a text', 'a'], ['a list', []], ['a number', 1]]; // prettier-ignore
  return [];
}

/** Faults of the query string. */
export function queryFaults({ queries, method }: DescribedOperation): Fault[] {
  const query = (what: string, text: string, field: string): Fault => ({ what, query: text, field, status: 400 });
  const faults = [query('an unknown parameter', 'surprise=1', 'surprise')];
  if (method === 'GET') faults.push(query('a prototype', '__proto__=1', '__proto__'));
  for (const name of queries) {
    const encoded = encodeURIComponent(name);
    faults.push(
      query('a parameter given twice', `${encoded}=1&${encoded}=2`, name),
      query('a NUL in a parameter', `${encoded}=a%00b`, name),
    );
  }
  const paging: [string, string][] = [['size', '0'], ['size', '101'], ['size', 'ten'], ['number', '-1'], ['number', '1e3']]; // prettier-ignore
  return [
    ...faults,
    ...paging
      .map(([name, value]) => [`page[${name}]`, value] as const)
      .filter(([name]) => queries.includes(name))
      .map(([name, value]) => query(`${name} ${value}`, `${encodeURIComponent(name)}=${value}`, name)),
  ];
}

/** Faults of headers that every change understands. */
export function headerFaults(operation: DescribedOperation): Fault[] {
  if (operation.method === 'GET') return [position('nonsense'), position('x.1e9')];
  const body = sampleBody(operation);
  const sent = body ? { payload: JSON.stringify(body) } : {};
  const reason = 'X-Gatehouse-Reason';
  const header = (what: string, name: string, value: string, status = 400): Fault => ({
    ...{ what, status, ...sent, headers: { [name.toLowerCase()]: value } },
    ...(status === 400 ? { field: name } : {}),
  });
  return [
    header('a reason that is not encoded', reason, '%ff%fe'),
    header('a reason that is too long', reason, 'a'.repeat(1001)),
    header('an empty Idempotency-Key', 'Idempotency-Key', ''),
    header('an Idempotency-Key that is too long', 'Idempotency-Key', 'k'.repeat(256)),
    header('an Idempotency-Key with a space', 'Idempotency-Key', 'a b'),
    header('an If-Match that is no tag', 'If-Match', 'yes', 412),
    header('an If-Match with two tags', 'If-Match', '"1","2"', 412),
  ];
}

const position = (value: string): Fault => ({
  what: `a position ${value}`,
  headers: { 'gatehouse-at-least': value },
  field: 'Gatehouse-At-Least',
  status: 400,
});

/** What a path parameter may be instead of an identifier; each answer is a 400, 404 or 414. */
export const BAD_SEGMENTS: readonly string[] = [
  '..%2f..%2f..%2fetc%2fpasswd',
  '%2e%2e%2f%2e%2e%2fmaster-key',
  '..%5c..%5cadmin-token',
  '%00',
  'a%00b',
  '%ff',
  '%',
  "'%20OR%201=1--",
  '%0d%0aset-cookie:%20a=b',
  '__proto__',
  'constructor',
  'x'.repeat(150),
  'x'.repeat(4 * KILOBYTE),
];
