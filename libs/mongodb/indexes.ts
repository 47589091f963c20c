import type { Collection, IndexDescription } from 'mongodb';

const NAMESPACE_NOT_FOUND = 26;

/**
 * Makes the indexes that are missing; which those are is one question. One by one: FerretDB 1.x fails when a single command
 * repeats several that exist.
 */
export async function ensureIndexes<T extends object>(
  collection: Collection<T>,
  indexes: readonly IndexDescription[],
): Promise<void> {
  const known = new Set((await present(collection)).map(nameOf));
  for (const index of indexes) {
    const { key, ...options } = index;
    if (!known.has(nameOf(index))) await collection.createIndex(key, options);
  }
}

/** None if there is no such collection yet. */
async function present<T extends object>(collection: Collection<T>): Promise<readonly IndexDescription[]> {
  try {
    return (await collection.indexes()) as unknown as readonly IndexDescription[];
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === NAMESPACE_NOT_FOUND) return [];
    throw error;
  }
}

/** Fields and directions, in their order; a direction may come back as any kind of number. */
const nameOf = ({ key }: IndexDescription): string =>
  Object.entries(key)
    .map(([field, direction]) => `${field} ${String(direction)}`)
    .join(', ');
