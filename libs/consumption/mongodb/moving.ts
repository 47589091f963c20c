import type { Collection, Document, Filter } from 'mongodb';
import type { FoldState, Portion } from '../port.js';

const PORTION = 200;
const AT_ONCE = 50;
const TABLES = ['segments', 'cells', 'uses'] as const;
type Table = (typeof TABLES)[number];

/** Of each collection, by its name here. */
export type Collections = Readonly<Record<Table, Collection<Document & { readonly _id: string }>>>;

/** One collection after the other, each in the order of its ids; a cursor is `<collection>:<last id>`. */
export async function portionOf<T extends { readonly [K in Table]: readonly unknown[] }>(
  collections: Collections,
  read: { readonly [K in Table]: (stored: Document) => T[K][number] },
  fold: () => Promise<FoldState>,
  from = 'segments:',
): Promise<Portion> {
  const colon = from.indexOf(':');
  const table = from.slice(0, colon) as Table;
  const filter = { _id: { $gt: from.slice(colon + 1) } } as Filter<Document & { readonly _id: string }>;
  const found = await collections[table].find(filter, { sort: { _id: 1 }, limit: PORTION }).toArray();
  const following = TABLES[TABLES.indexOf(table) + 1];
  const next = found.length === PORTION ? `${table}:${found.at(-1)!._id}` : following && `${following}:`;
  return {
    ...{ segments: [], cells: [], uses: [] },
    [table]: found.map((stored) => read[table](stored)),
    ...(next === undefined ? { fold: await fold() } : { next }),
  };
}

/** Puts documents in place of those with the same ids. */
export async function putAll<D extends { readonly _id: string }>(
  collection: Collection<D>,
  documents: readonly D[],
): Promise<void> {
  const operations = documents.map(({ _id, ...content }) => ({
    replaceOne: { filter: { _id } as unknown as Filter<D>, replacement: content as never, upsert: true },
  }));
  for (let done = 0; done < operations.length; done += AT_ONCE) {
    await collection.bulkWrite(operations.slice(done, done + AT_ONCE), { ordered: false });
  }
}
