import type { Collection, Filter, UpdateFilter } from 'mongodb';
import { connectMongo, type MongoOptions } from '#mongodb/connection.js';
import { ensureIndexes } from '#mongodb/indexes.js';
import { isDuplicateKey, retryDuplicate, translated, translating } from '#mongodb/errors.js';
import { VaultUnavailable, type VaultRecord, type VaultStore, type WriteOptions } from '../port.js';

export interface MongoVaultOptions extends MongoOptions {
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** A record of one kind; `<kind>/<id>` is its key. */
interface Stored {
  readonly _id: string;
  /** JSON text, so that no field of a value means anything to the server. */
  readonly value: string;
  readonly version: number;
  readonly owner?: string;
  readonly expires_at?: number;
}

/**
 * The vault in one collection of MongoDB, `vault.records`. Each operation is on a single document, which the server does
 * atomically.
 * @throws VaultUnavailable if no server answers
 */
export async function openMongoVault({ now = Date.now, ...options }: MongoVaultOptions): Promise<VaultStore> {
  const unavailable = (description: string): Error =>
    new VaultUnavailable(`The vault cannot be reached: ${description}`);
  const { db, close } = await connectMongo(options, unavailable);
  const records = db.collection<Stored>('vault.records');
  try {
    // no TTL index: records expire by the clock of this service, and `purge` says how many they were
    await ensureIndexes(records, [{ key: { owner: 1, _id: 1 } }, { key: { expires_at: 1 } }]);
  } catch (error) {
    await close();
    throw translated(error, unavailable);
  }
  return translating({ ...storeIn(records, now), close }, unavailable);
}

function storeIn(records: Collection<Stored>, now: () => number): Omit<VaultStore, 'close'> {
  /** Also true of records that never expire. */
  const live = (): Filter<Stored> => ({ expires_at: { $not: { $lte: now() } } });
  const isLive = ({ expires_at }: Pick<Stored, 'expires_at'>): boolean =>
    expires_at === undefined || expires_at > now();

  return {
    async get(kind, id) {
      const found = await records.findOne({ _id: keyOf(kind, id) });
      return found && isLive(found) ? recordFrom(kind, found) : undefined;
    },
    async getMany(kind, ids) {
      const found = await records.find({ _id: { $in: ids.map((id) => keyOf(kind, id)) }, ...live() }).toArray();
      return new Map(found.map((stored) => recordFrom(kind, stored)).map((record) => [record.id, record]));
    },
    async insert(kind, id, value, options) {
      const expired = { _id: keyOf(kind, id), expires_at: { $lte: now() } };
      try {
        await records.updateOne(expired, changeTo(value, options), { upsert: true });
        return true;
      } catch (error) {
        // the filter passed over it, so it has not expired
        if (isDuplicateKey(error)) return false;
        throw error;
      }
    },
    async put(kind, id, value, options) {
      const change = changeTo(value, options);
      await retryDuplicate(() => records.updateOne({ _id: keyOf(kind, id) }, change, { upsert: true }));
    },
    async replace(kind, id, version, value, options) {
      const present = { _id: keyOf(kind, id), version, ...live() };
      return (await records.updateOne(present, changeTo(value, options))).matchedCount === 1;
    },
    async delete(kind, id) {
      const deleted = await records.findOneAndDelete({ _id: keyOf(kind, id) });
      return deleted !== null && isLive(deleted);
    },
    async deleteOwned(kind, owner) {
      return (await records.deleteMany({ owner, ...inKind(kind) })).deletedCount;
    },
    async list(kind, { owner, after, limit }) {
      const filter = { ...inKind(kind, after), ...live(), ...(owner !== undefined && { owner }) };
      // the server takes 0 for no limit
      if (limit === 0) return [];
      const found = await records.find(filter, { sort: { _id: 1 }, limit }).toArray();
      return found.map((stored) => recordFrom(kind, stored));
    },
    async listAll({ after, limit }) {
      if (limit === 0) return [];
      const filter = { ...(after && { _id: { $gt: keyOf(after.kind, after.id) } }), ...live() };
      const found = await records.find(filter, { sort: { _id: 1 }, limit }).toArray();
      return found.map((stored) => {
        const kind = stored._id.slice(0, stored._id.indexOf('/'));
        return { kind, ...recordFrom(kind, stored) };
      });
    },
    async purge(before) {
      return (await records.deleteMany({ expires_at: { $lt: before } })).deletedCount;
    },
    /**
     * Nothing to do from here: the server frees the space of a deleted value at its own next checkpoint and overwrites it when it
     * needs it, and a replica set keeps the write in its oplog for the oplog's window. No command hurries either. What is secret
     * is therefore stored sealed or hashed, and the disk is to be encrypted.
     */
    async scrub() {},
  };
}

const keyOf = (kind: string, id: string): string => `${kind}/${id}`;

/** The keys of a kind, after an id if one is given: '0' is the character that follows '/'. */
const inKind = (kind: string, after?: string): Filter<Stored> => ({
  _id: { ...(after === undefined ? { $gte: `${kind}/` } : { $gt: keyOf(kind, after) }), $lt: `${kind}0` },
});

/** Nothing is inherited from the record before, but the version goes on. */
function changeTo(value: unknown, { owner, expiresAt }: WriteOptions = {}): UpdateFilter<Stored> {
  const set = {
    value: encode(value),
    ...(owner !== undefined && { owner }),
    ...(expiresAt !== undefined && { expires_at: expiresAt }),
  };
  const unset = { ...(owner === undefined && { owner: '' }), ...(expiresAt === undefined && { expires_at: '' }) };
  // an empty $unset is refused by servers before 5.0
  return { $set: set, $inc: { version: 1 }, ...(Object.keys(unset).length > 0 && { $unset: unset }) } as never;
}

function encode(value: unknown): string {
  const text = JSON.stringify(value);
  if (text === undefined) throw new TypeError('A vault value must be JSON');
  return text;
}

const recordFrom = (kind: string, { _id, value, version, owner, expires_at }: Stored): VaultRecord => ({
  id: _id.slice(kind.length + 1),
  value: JSON.parse(value) as unknown,
  version,
  ...(owner !== undefined && { owner }),
  ...(expires_at !== undefined && { expiresAt: expires_at }),
});
