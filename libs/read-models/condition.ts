import type { Condition } from './port.js';

/** Checks that every store makes before a query, so that all refuse alike. */

export function checkField(field: string): string {
  if (!/^\w+$/.test(field)) throw new TypeError(`field name "${field}": use letters, digits and _ only`);
  return field;
}

export function checkCollection(collection: string): string {
  if (!/^\w+$/.test(collection)) throw new TypeError(`collection name "${collection}": use letters, digits and _ only`);
  return collection;
}

export function scalarOf({ field, op, value }: Condition): string | number | boolean {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  throw new TypeError(`condition on ${field}: ${op} takes one text, number or boolean`);
}

export function textOf({ field, op, value }: Condition): string {
  if (typeof value === 'string') return value;
  throw new TypeError(`condition on ${field}: ${op} takes a text`);
}

export function listOf({ field, op, value }: Condition): readonly (string | number)[] {
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
