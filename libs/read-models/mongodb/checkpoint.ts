import type { Collection, Filter } from 'mongodb';
import { isDuplicateKey } from '#mongodb/errors.js';
import { Superseded, type Checkpoint } from '../port.js';
import { CHECKPOINT_ID, checkpointFrom, storedCheckpoint, type Stored, type StoredCheckpoint } from './stored.js';

/** The checkpoint's document, unless somebody with a later epoch has it. */
const ownedUpTo = (epoch: number): Filter<Stored> =>
  ({ _id: CHECKPOINT_ID, epoch: { $not: { $gt: epoch } } }) as Filter<Stored>;

const setEpoch = (epoch: number): object => ({ $set: { epoch } });

/** False if a later epoch has it. */
export async function claim(collection: Collection<Stored>, epoch: number): Promise<boolean> {
  const none: StoredCheckpoint = { _id: CHECKPOINT_ID, pos: 0n, log_id: '', event_id: '', epoch };
  try {
    await collection.insertOne(none);
    return true;
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
  }
  return (await collection.updateOne(ownedUpTo(epoch), setEpoch(epoch))).matchedCount === 1;
}

export async function readCheckpoint(collection: Collection<Stored>): Promise<Checkpoint | undefined> {
  const found = (await collection.findOne({ _id: CHECKPOINT_ID })) as StoredCheckpoint | null;
  return found && found.event_id !== '' ? checkpointFrom(found) : undefined;
}

/**
 * Where these documents and the checkpoint stand. Refuses to go on if the collection follows another log than the checkpoint
 * to come, or is somebody else's by now.
 */
export async function positionsIn(
  collection: Collection<Stored>,
  documents: readonly string[],
  { logId }: Checkpoint,
  epoch?: number,
): Promise<ReadonlyMap<Stored['_id'], bigint>> {
  const found = (await collection
    .find({ _id: { $in: [CHECKPOINT_ID, ...documents] } }, { projection: { pos: 1, log_id: 1, epoch: 1 } })
    .toArray()) as StoredCheckpoint[];
  const stored = found.find(({ _id }) => _id === CHECKPOINT_ID);
  if (epoch !== undefined && (stored?.epoch ?? 0) > epoch) throw new Superseded(collection.collectionName);
  if (stored && stored.log_id !== '' && stored.log_id !== logId) {
    throw new Error(`collection ${collection.collectionName} follows log ${stored.log_id}, not ${logId}: rebuild it`);
  }
  return new Map(found.map(({ _id, pos }) => [_id, pos]));
}

/** Forwards only, and only while the collection is the writer's: one compare-and-set. `known`: there is one already. */
export async function saveCheckpoint(
  collection: Collection<Stored>,
  checkpoint: Checkpoint,
  known: boolean,
  epoch?: number,
): Promise<void> {
  const stored = storedCheckpoint(checkpoint, epoch);
  if (!known && (await inserted(collection, stored))) return;
  const { _id, ...replacement } = stored;
  const behind = { pos: { $lt: stored.pos } } as Filter<Stored>;
  const owned = epoch === undefined ? { _id } : ownedUpTo(epoch);
  const { matchedCount } = await collection.replaceOne({ ...owned, ...behind }, replacement as Stored);
  if (matchedCount === 1 || epoch === undefined) return;
  if (!(await collection.findOne(ownedUpTo(epoch)))) throw new Superseded(collection.collectionName);
}

async function inserted(collection: Collection<Stored>, stored: StoredCheckpoint): Promise<boolean> {
  try {
    await collection.insertOne(stored);
    return true;
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    return false;
  }
}
