import type { Collection, IndexDescription } from 'mongodb';

/** Makes the indexes that are missing. One by one: FerretDB 1.x fails when a single command repeats several that exist. */
export async function ensureIndexes<T extends object>(
  collection: Collection<T>,
  indexes: readonly IndexDescription[],
): Promise<void> {
  for (const { key, ...options } of indexes) await collection.createIndex(key, options);
}
