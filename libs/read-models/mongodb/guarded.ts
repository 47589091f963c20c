import type { AnyBulkWriteOperation, Collection } from 'mongodb';
import { duplicatesIn } from '#mongodb/errors.js';
import type { Stored } from './stored.js';

/**
 * Writes each document unless the collection has it at the same or a later position. `positions`: those of the ones that
 * were there a moment ago. Whoever else writes meanwhile, and wherever this is cut off, the latest position stays.
 *
 * Absent documents are inserted and present ones replaced under the guard. One guarded upsert would do for both, but an upsert
 * whose guard fails is told as a duplicate key, the same as one that lost a race and must be repeated.
 */
export async function writeGuarded(
  collection: Collection<Stored>,
  documents: readonly Stored[],
  positions: ReadonlyMap<Stored['_id'], bigint>,
): Promise<void> {
  const newer = documents.filter(({ _id, pos }) => (positions.get(_id) ?? -1n) < pos);
  const raced = await bulkWrite(
    collection,
    newer.map((document) => (positions.has(document._id) ? replace(document) : { insertOne: { document } })),
  );
  await bulkWrite(
    collection,
    raced.map((index) => replace(newer[index]!)),
  );
}

const replace = (document: Stored): AnyBulkWriteOperation<Stored> => {
  const { _id, ...replacement } = document;
  return { replaceOne: { filter: { _id, pos: { $lt: document.pos } }, replacement: replacement as Stored } };
};

/** In no order, since no two are about one document. Gives the indexes of inserts that found a document there. */
async function bulkWrite(
  collection: Collection<Stored>,
  operations: readonly AnyBulkWriteOperation<Stored>[],
): Promise<readonly number[]> {
  if (operations.length === 0) return [];
  try {
    await collection.bulkWrite(operations, { ordered: false });
    return [];
  } catch (error) {
    return duplicatesIn(error);
  }
}
