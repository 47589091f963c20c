import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Collection, Db } from 'mongodb';
import { connectMongo, type MongoOptions } from '#mongodb/connection.js';
import { retryDuplicate, translating } from '#mongodb/errors.js';
import { corrupt, createBlobs, type BlobEngine } from '../cached-blobs.js';
import { BlobsUnavailable, type Blobs } from '../port.js';

const compress = promisify(gzip);
const decompress = promisify(gunzip);

const CHUNK_BYTES = 1024 * 1024;

/** One per blob, written after its chunks: what is listed here is whole. */
interface File {
  readonly _id: string;
  readonly size: number;
}

/** `<sha256>/<number>`: one megabyte of the blob, compressed by itself, so that whoever writes it writes the same content. */
interface Chunk {
  readonly _id: string;
  readonly bytes: Uint8Array;
}

export interface MongoBlobsOptions extends MongoOptions {
  /** Decompressed bytes kept in memory. Default 32 MB. */
  readonly cacheBytes?: number;
}

/**
 * Blobs in two collections of MongoDB, `blobs.files` and `blobs.chunks`.
 * @throws BlobsUnavailable if no server answers
 */
export async function openMongoBlobs({ cacheBytes, ...options }: MongoBlobsOptions): Promise<Blobs> {
  const unavailable = (description: string): Error =>
    new BlobsUnavailable(`Documents cannot be reached: ${description}`);
  const { db, close } = await connectMongo(options, unavailable);
  return translating(createBlobs({ ...engineIn(db), close }, cacheBytes), unavailable);
}

function engineIn(db: Db): Omit<BlobEngine, 'close'> {
  const files = db.collection<File>('blobs.files');
  const chunks = db.collection<Chunk>('blobs.chunks');
  return {
    async load(sha256) {
      const file = await files.findOne({ _id: sha256 });
      if (!file) return undefined;
      const parts = await Promise.all(numbers(file.size).map((number) => loadChunk(chunks, sha256, number)));
      return Buffer.concat(parts);
    },
    async list(after, limit) {
      // the server takes 0 for no limit
      if (limit === 0) return [];
      const options = { projection: { _id: 1 }, sort: { _id: 1 }, limit } as const;
      return (await files.find({ _id: { $gt: after } }, options).toArray()).map(({ _id }) => _id);
    },
    async save(sha256, bytes) {
      await Promise.all(
        numbers(bytes.length).map(async (number) => {
          const part = await compress(bytes.subarray(number * CHUNK_BYTES, (number + 1) * CHUNK_BYTES));
          await put(chunks, { _id: idOf(sha256, number), bytes: part });
        }),
      );
      await put(files, { _id: sha256, size: bytes.length });
    },
  };
}

async function loadChunk(chunks: Collection<Chunk>, sha256: string, number: number): Promise<Uint8Array> {
  const chunk = await chunks.findOne({ _id: idOf(sha256, number) });
  if (!chunk) throw corrupt(sha256);
  return decompress(chunk.bytes, { maxOutputLength: CHUNK_BYTES }).catch((cause: unknown) => {
    throw corrupt(sha256, cause);
  });
}

async function put<T extends File | Chunk>(collection: Collection<T>, { _id, ...content }: T): Promise<void> {
  const where = { _id } as Parameters<Collection<T>['replaceOne']>[0];
  await retryDuplicate(() => collection.replaceOne(where, content as never, { upsert: true }));
}

const idOf = (sha256: string, number: number): string => `${sha256}/${number}`;

const numbers = (size: number): readonly number[] => Array.from({ length: Math.ceil(size / CHUNK_BYTES) }, (_, i) => i);
