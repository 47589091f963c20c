import type { Collection, Db, IndexDescription } from 'mongodb';
import { connectMongo, type MongoOptions } from '#mongodb/connection.js';
import { ensureIndexes } from '#mongodb/indexes.js';
import { isMongoError, retryDuplicate, translating } from '#mongodb/errors.js';
import { checkCollection } from '../condition.js';
import { ReadModelsUnavailable, type ReadModelStore, type View } from '../port.js';
import { claim, positionsIn, readCheckpoint, saveCheckpoint } from './checkpoint.js';
import { filterOf, pathOf, sortOf } from './filter.js';
import { writeGuarded } from './guarded.js';
import {
  CHECKPOINT_ID,
  docFrom,
  storedWrite,
  writeFrom,
  type Stored,
  type StoredDocument,
  type StoredTombstone,
} from './stored.js';

/** Which collection answers are read from, by view. The dot keeps it apart from the views' collections. */
const POINTERS = 'views.pointers';

const NAMESPACE_NOT_FOUND = 26;
const NAMESPACE_EXISTS = 48;

interface Pointer {
  readonly _id: string;
  readonly collection: string;
}

/**
 * Documents in MongoDB, a collection per view and version. Every write is of a single document and guarded by its position,
 * so that no transaction is needed and one node will do.
 * @throws ReadModelsUnavailable if no server answers
 */
export async function openMongoReadModels(options: MongoOptions): Promise<ReadModelStore> {
  const unavailable = (description: string): Error =>
    new ReadModelsUnavailable(`The read models cannot be reached: ${description}`);
  const { db, close } = await connectMongo(options, unavailable);
  return translating({ ...storeIn(db), close }, unavailable);
}

function storeIn(db: Db): Omit<ReadModelStore, 'close'> {
  const pointers = db.collection<Pointer>(POINTERS);
  const of = (collection: string): Collection<Stored> => db.collection<Stored>(checkCollection(collection));

  return {
    async ensure(collection, indexes) {
      const specifications = [TOMBSTONES, ...indexes.map(indexOf)];
      const { collectionName } = of(collection);
      await db.createCollection(collectionName).catch(ignoring(NAMESPACE_EXISTS));
      await ensureIndexes(of(collection), specifications);
    },
    async collections() {
      const found = await db.listCollections({}, { nameOnly: true }).toArray();
      return found
        .map(({ name }) => name)
        .filter((name) => /^\w+_v\d+(_r\d+)?$/.test(name))
        .sort();
    },
    async drop(collection) {
      await of(collection).drop().catch(ignoring(NAMESPACE_NOT_FOUND));
    },
    async pointer(view) {
      return (await pointers.findOne({ _id: view }))?.collection;
    },
    async setPointer(view, collection) {
      await retryDuplicate(() => pointers.replaceOne({ _id: view }, { collection }, { upsert: true }));
    },

    async load(collection, ids) {
      const found = await of(collection)
        .find({ _id: { $in: [...ids] } })
        .toArray();
      return (found as (StoredDocument | StoredTombstone)[]).map(writeFrom);
    },
    async loadWhere(collection, field, value) {
      const found = await of(collection)
        .find({ [pathOf(field)]: value })
        .toArray();
      return (found as StoredDocument[]).map(writeFrom);
    },
    claim: (collection, epoch) => claim(of(collection), epoch),
    async write(collection, writes, checkpoint, epoch) {
      const target = of(collection);
      const positions = await positionsIn(
        target,
        writes.map(({ id }) => id),
        checkpoint,
        epoch,
      );
      await writeGuarded(target, writes.map(storedWrite), positions);
      // only now: a checkpoint that is ahead of its documents would lose them
      await saveCheckpoint(target, checkpoint, positions.has(CHECKPOINT_ID), epoch);
    },
    checkpoint: (collection) => readCheckpoint(of(collection)),
    async purge(collection, before) {
      return (await of(collection).deleteMany({ tombstone: { $lt: before } })).deletedCount;
    },

    async get(collection, id) {
      const found = await of(collection).findOne({ _id: id });
      return found && 'doc' in found ? docFrom(found) : undefined;
    },
    async getMany(collection, ids) {
      const found = await of(collection)
        .find({ _id: { $in: [...ids] }, doc: { $exists: true } })
        .toArray();
      return new Map((found as StoredDocument[]).map(docFrom).map((doc) => [doc.id, doc]));
    },
    async find(collection, { where, sort, skip = 0, limit }) {
      const filter = filterOf(where);
      // the server takes 0 for no limit
      if (limit === 0) return [];
      const found = await of(collection)
        .find(filter, { sort: sortOf(sort), skip, limit, projection: { _id: 0, doc: 1 } })
        .toArray();
      return (found as Pick<StoredDocument, 'doc'>[]).map(docFrom);
    },
    async count(collection, where) {
      return Number(await of(collection).countDocuments(filterOf(where)));
    },
  };
}

/** Sparse: it has no live document. FerretDB 1.x takes no notice of that, and has no other kind of partial index. */
const TOMBSTONES: IndexDescription = { key: { tombstone: 1 }, sparse: true };

/** The id comes last, so that it breaks ties in the index's own order. */
function indexOf(fields: View['indexes'][number]): IndexDescription {
  const paths = fields.map(pathOf);
  return { key: Object.fromEntries([...paths, '_id'].map((path) => [path, 1])) };
}

const ignoring =
  (code: number) =>
  (error: unknown): void => {
    if (!isMongoError(error) || (error as { code?: unknown }).code !== code) throw error;
  };
