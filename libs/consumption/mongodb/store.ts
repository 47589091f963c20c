import type { AnyBulkWriteOperation, Collection, Db, Document, Filter } from 'mongodb';
import { connectMongo, type MongoOptions } from '#mongodb/connection.js';
import { duplicatesIn, isDuplicateKey, retryDuplicate, translated, translating } from '#mongodb/errors.js';
import { ensureIndexes } from '#mongodb/indexes.js';
import { ALL_APPLICATIONS, keyText, LEVELS, useText, type CellKey, type Use } from '../calls.js';
import { portionOf, putAll, type Collections } from './moving.js';
import {
  ConsumptionUnavailable,
  type ConsumptionStore,
  type FoldedCell,
  type FoldState,
  type OpenFold,
  type Portion,
  type Scan,
  type ScannedCell,
  type Segment,
} from '../port.js';

type StoredSegment = { readonly _id: string; readonly waits: boolean } & Omit<Segment, 'id'>;
type StoredCell = { readonly _id: string } & FoldedCell;
type StoredUse = { readonly _id: string } & Use;
interface StoredFold {
  readonly _id: 'fold';
  readonly number: number;
  readonly open: OpenFold | null;
}

const PIECE = 2_000;
/** Writes in one request: few enough for a slow server to answer in time. */
const BULK = 50;

const unavailable = (description: string): Error =>
  new ConsumptionUnavailable(`Consumption cannot be reached: ${description}`);

/**
 * Consumption in four collections of MongoDB, `consumption.segments`, `.folds`, `.cells` and `.uses`. Every step is a write of
 * single documents that says what it expects to find.
 * @throws ConsumptionUnavailable if no server answers
 */
export async function openMongoConsumption(options: MongoOptions): Promise<ConsumptionStore> {
  const { db, close } = await connectMongo(options, unavailable);
  try {
    await ensureIndexes(db.collection('consumption.segments'), [{ key: { waits: 1, at: 1 } }]);
    await ensureIndexes(db.collection('consumption.cells'), [
      { key: { level: 1, application: 1, start: 1 } },
      { key: { level: 1, start: 1 } },
    ]);
    await ensureIndexes(db.collection('consumption.uses'), [{ key: { application: 1 } }]);
  } catch (error) {
    await close();
    throw translated(error, unavailable);
  }
  const { scan, ...rest } = storeIn(db);
  return { ...translating({ ...rest, close }, unavailable), scan };
}

function storeIn(db: Db): Omit<ConsumptionStore, 'close'> {
  const segments = db.collection<StoredSegment>('consumption.segments');
  const folds = db.collection<StoredFold>('consumption.folds');
  const cells = db.collection<StoredCell>('consumption.cells');
  const uses = db.collection<StoredUse>('consumption.uses');

  const foldState = async (): Promise<FoldState> => {
    const found = await folds.findOne({ _id: 'fold' });
    return found ? { number: found.number, open: found.open ?? undefined } : { number: 0 };
  };

  return {
    async add({ id, ...segment }) {
      try {
        await segments.insertOne({ _id: id, ...segment, waits: segment.cells > 0 });
        return undefined;
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
      }
      const stored = await segments.findOne({ _id: id }, { projection: { digest: 1, answer: 1 } });
      return stored ? { digest: stored.digest, answer: stored.answer } : undefined;
    },
    async waiting(limit) {
      const options = { projection: { cells: 1 }, sort: { at: 1, _id: 1 }, limit } as const;
      const found = await segments.find({ waits: true }, options).toArray();
      return found.map(({ _id, cells: count }) => ({ id: _id, cells: count }));
    },
    async contents(ids) {
      const found = await segments.find({ _id: { $in: [...ids] }, waits: true }).toArray();
      return new Map(found.map(({ _id, content }) => [_id, content]));
    },

    fold: foldState,
    async beginFold(last, open) {
      if (last === 0) {
        const first = { $setOnInsert: { number: 0, open: null } };
        await retryDuplicate(() => folds.updateOne({ _id: 'fold' }, first, { upsert: true }));
      }
      const begun = await folds.updateOne(
        { _id: 'fold', number: last, open: null },
        { $set: { number: last + 1, open } },
      );
      return begun.modifiedCount === 1;
    },
    async endFold(number) {
      const open = (await folds.findOne({ _id: 'fold', number }))?.open;
      if (!open) return;
      await segments.updateMany({ _id: { $in: [...open.segments] } }, { $set: { waits: false, content: '' } });
      await folds.updateOne({ _id: 'fold', number }, { $set: { open: null } });
    },
    async loadCells(keys) {
      return cells.find({ _id: { $in: keys.map(keyText) } }).toArray();
    },
    async writeCells(writes) {
      const operations = writes.map(({ before, ...cell }): AnyBulkWriteOperation<StoredCell> => {
        const stored = storedFrom(cell);
        if (before === undefined) return { insertOne: { document: stored } };
        const { _id, ...content } = stored;
        return { updateOne: { filter: { _id, fold: before }, update: { $set: content } } };
      });
      for (let i = 0; i < operations.length; i += BULK) {
        try {
          await cells.bulkWrite(operations.slice(i, i + BULK), { ordered: false });
        } catch (error) {
          duplicatesIn(error); // another process was first
        }
      }
    },
    async noteUses(noted) {
      const operations = noted.map((use) => {
        const { day, ...of } = use;
        return {
          updateOne: { filter: { _id: useText(use) }, update: { $max: { day }, $setOnInsert: of }, upsert: true },
        };
      });
      for (let i = 0; i < operations.length; i += BULK) {
        await retryDuplicate(() => uses.bulkWrite(operations.slice(i, i + BULK), { ordered: false }));
      }
    },

    scan: (scan) => scanned(cells, scan),
    async usesOf(applications) {
      const found = await uses.find({ application: { $in: [...applications] } }, { projection: { _id: 0 } }).toArray();
      return found as Use[];
    },
    portion: (from) => portionOf({ segments, cells, uses } as unknown as Collections, READ, foldState, from),
    async putPortion(portion) {
      const toStored = ({ id: _id, ...segment }: Portion['segments'][number]): StoredSegment => ({ _id, ...segment });
      await putAll(segments, portion.segments.map(toStored));
      await putAll(cells, portion.cells.map(storedFrom));
      await putAll(
        uses,
        portion.uses.map((use) => ({ _id: useText(use), ...use })),
      );
      if (!portion.fold) return;
      const { number, open = null } = portion.fold;
      await folds.replaceOne({ _id: 'fold' }, { number, open }, { upsert: true });
    },
    async prune(before, limit) {
      const old: Filter<StoredCell>[] = LEVELS.map((level) => ({ level, start: { $lt: before[level] } }));
      let deleted = await deleteSome(segments, { waits: false, at: { $lt: before.segment } }, limit);
      for (const filter of old) deleted += await deleteSome(cells, filter, limit);
      return deleted;
    },
  };
}

/** Stored documents as they were written. */
const READ = {
  segments: ({ _id, ...rest }: Document) => ({ ...rest, id: _id as string }) as Portion['segments'][number],
  cells: ({ _id, ...rest }: Document) => rest as unknown as FoldedCell,
  uses: ({ _id, ...rest }: Document) => rest as unknown as Use,
};

/** Only what a cell has: a write may carry more. */
function storedFrom(cell: FoldedCell): StoredCell {
  const { level, start, application, version, status, calls, latency, requestSize, responseSize, fold } = cell;
  const key: CellKey = { level, start, application, version, status };
  const bytes = (sketch: Uint8Array) => Buffer.from(sketch);
  const sketches = { latency: bytes(latency), requestSize: bytes(requestSize), responseSize: bytes(responseSize) };
  return { _id: keyText(key), ...key, calls, ...sketches, fold };
}

async function* scanned(cells: Collection<StoredCell>, scan: Scan): AsyncIterable<readonly ScannedCell[]> {
  const { measure, applications } = scan;
  const fields = ['start', 'application', 'version', 'status', 'calls', ...(measure ? [measure] : [])];
  const projection = { _id: 0, ...Object.fromEntries(fields.map((field) => [field, 1])) };
  const whose =
    applications === 'all'
      ? ALL_APPLICATIONS
      : applications === 'each'
        ? { $gt: ALL_APPLICATIONS }
        : { $in: [...applications] };
  for (const { level, from, to } of scan.spans) {
    const filter = { level, application: whose, start: { $gte: from, $lt: to } } as Filter<StoredCell>;
    const found = cells.find(filter, { projection, batchSize: PIECE });
    let piece: ScannedCell[] = [];
    try {
      for await (const cell of found) {
        const { start, application, version, status, calls } = cell;
        const sketch = measure ? { sketch: cell[measure] } : {};
        piece.push({ start, application, version, status, calls, ...sketch });
        if (piece.length < PIECE) continue;
        yield piece;
        piece = [];
      }
    } catch (error) {
      throw translated(error, unavailable);
    }
    if (piece.length > 0) yield piece;
  }
}

async function deleteSome<T extends { readonly _id: string }>(
  collection: Collection<T>,
  filter: object,
  limit: number,
): Promise<number> {
  const found = await collection.find(filter as Filter<T>, { projection: { _id: 1 }, limit }).toArray();
  if (found.length === 0) return 0;
  const ids = found.map(({ _id }) => _id);
  return (await collection.deleteMany({ _id: { $in: ids } } as Filter<T>)).deletedCount;
}
