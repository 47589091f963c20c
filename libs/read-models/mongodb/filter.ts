import type { Filter, Sort } from 'mongodb';
import { afterPrefix, checkField, listOf, scalarOf, textOf } from '../condition.js';
import type { Condition, Operator, Query } from '../port.js';
import type { Stored } from './stored.js';

/** Tombstones and the checkpoint hold no document. */
const LIVE = { doc: { $exists: true } };

export const pathOf = (field: string): string => (field === 'id' ? '_id' : `doc.${checkField(field)}`);

/** All conditions, on documents that are not deleted. Texts compare by their UTF-8 bytes, which is the order of code points. */
export function filterOf(where: readonly Condition[]): Filter<Stored> {
  const conditions = where.map((condition) => ({ [pathOf(condition.field)]: OPERATORS[condition.op](condition) }));
  return { $and: [LIVE, ...conditions] } as Filter<Stored>;
}

/** Null and missing come first on the server, too. */
export function sortOf(sort: Query['sort'] = []): Sort {
  const terms = sort
    .filter(({ field }) => field !== 'id')
    .map((term) => [pathOf(term.field), direction(term)] as const);
  return Object.fromEntries([...terms, ['_id', direction(sort.at(-1))]]);
}

const direction = (term?: { readonly descending?: boolean }): 1 | -1 => (term?.descending ? -1 : 1);

/** The server compares values of one type only: null and missing match nothing but what is said of null. */
const OPERATORS: Readonly<Record<Operator, (condition: Condition) => object>> = {
  eq: (c) => ({ $eq: c.value === null ? null : scalarOf(c) }),
  neq: (c) => ({ $ne: c.value === null ? null : scalarOf(c) }),
  in: (c) => ({ $in: listOf(c) }),
  contains: (c) => ({ $regex: literal(textOf(c)) }),
  containsAny: (c) => (listOf(c).length === 0 ? { $in: [] } : { $regex: listOf(c).map(literal).join('|') }),
  // a range, since only that uses an index for any text
  prefix: (c) => {
    const end = afterPrefix(textOf(c));
    return { $gte: textOf(c), ...(end !== undefined && { $lt: end }) };
  },
  lt: (c) => ({ $lt: scalarOf(c) }),
  lte: (c) => ({ $lte: scalarOf(c) }),
  gt: (c) => ({ $gt: scalarOf(c) }),
  gte: (c) => ({ $gte: scalarOf(c) }),
};

/** A regular expression that matches exactly this text. A pattern may not hold the character U+0000 itself. */
const literal = (text: string | number): string =>
  String(text)
    .replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
    .replaceAll('\0', '\\x00');
