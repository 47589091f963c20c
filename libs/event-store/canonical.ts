import { createHash } from 'node:crypto';
import canonicalizeModule from 'canonicalize';
import type { EventBody } from './port.js';

// The package's types declare an ES module, its code is CommonJS: the default import is the function itself.
const canonicalize = canonicalizeModule as unknown as (value: unknown) => string;

/** Deeper nesting is refused, so that neither writing nor reading can exhaust the stack. */
const MAX_DEPTH = 64;
const LONE_SURROGATE = /\p{Surrogate}/u;

/** A value that has no canonical form, and where it is. The message never holds the value itself. */
export class NotCanonical extends TypeError {
  override readonly name = 'NotCanonical';
}

/**
 * RFC 8785 text of a JSON value. Events are read by other languages and hashed, so only what every JSON reader keeps
 * exactly is accepted: strings without lone surrogates, booleans, null, safe integers, arrays, plain objects.
 * Throws NotCanonical naming the path (`data.labels[0]`) of anything else.
 */
export function canonicalJson(value: unknown, path = 'value'): string {
  check(value, path, 0);
  return canonicalize(value);
}

/** What is stored of an event and what its digest is taken of: canonical {data, metadata, type}. */
export function canonicalBody({ data, metadata, type }: EventBody): string {
  for (const [name, value] of Object.entries(metadata)) {
    if (typeof value !== 'string') throw new NotCanonical(`metadata.${name} is not a string: metadata is a flat map`);
  }
  check(type, 'type', 1);
  check(data, 'data', 1);
  check(metadata, 'metadata', 1);
  return canonicalize({ data, metadata, type });
}

/** Lower-case hex SHA-256 of the canonical body. Equal on every engine, since it is taken of the parsed event. */
export function digest(body: EventBody): string {
  return createHash('sha256').update(canonicalBody(body), 'utf8').digest('hex');
}

function check(value: unknown, path: string, depth: number): void {
  if (depth > MAX_DEPTH) throw new NotCanonical(`${path} is nested deeper than ${MAX_DEPTH} levels`);
  switch (typeof value) {
    case 'string':
      return checkString(value, path);
    case 'number':
      if (Number.isSafeInteger(value)) return;
      throw new NotCanonical(`${path} is not a safe integer: store fractions and larger numbers as strings`);
    case 'boolean':
      return;
    case 'object':
      if (value === null) return;
      return Array.isArray(value) ? checkArray(value, path, depth) : checkObject(value, path, depth);
    default:
      throw new NotCanonical(`${path} is of type ${typeof value}, which JSON cannot hold: leave it out`);
  }
}

function checkString(value: string, path: string): void {
  if (LONE_SURROGATE.test(value)) throw new NotCanonical(`${path} holds a lone surrogate: send well-formed Unicode`);
}

function checkArray(values: readonly unknown[], path: string, depth: number): void {
  // Not forEach, which would pass over the holes of a sparse array.
  for (let index = 0; index < values.length; index++) check(values[index], `${path}[${index}]`, depth + 1);
}

function checkObject(value: object, path: string, depth: number): void {
  const prototype: unknown = Object.getPrototypeOf(value);
  // A prototype without one of its own is an Object.prototype, of whichever realm.
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw new NotCanonical(`${path} is an instance of a class: store plain objects`);
  }
  for (const [key, member] of Object.entries(value)) {
    if (LONE_SURROGATE.test(key)) throw new NotCanonical(`a key of ${path} holds a lone surrogate`);
    check(member, `${path}.${key}`, depth + 1);
  }
}
