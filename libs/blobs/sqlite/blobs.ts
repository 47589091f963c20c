import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { LRUCache } from 'lru-cache';
import { BlobCorrupt, MAX_BLOB_BYTES, type Blobs } from '../port.js';
import { openBlobFile, transaction, type Database } from './blob-file.js';

const compress = promisify(gzip);
const decompress = promisify(gunzip);

const CHUNK_BYTES = 1024 * 1024;

export interface SqliteBlobsOptions {
  readonly file: string;
  /** Reads only, beside the one writer. The file must exist. */
  readonly readOnly?: boolean;
  /** Decompressed bytes kept in memory, since documents are read often. Default 32 MB. */
  readonly cacheBytes?: number;
}

/** Blobs in one SQLite file. A `put` is on disk before it is answered; (de)compression runs off the main thread. */
export function openSqliteBlobs({ file, readOnly = false, cacheBytes = 32 * 1024 * 1024 }: SqliteBlobsOptions): Blobs {
  const db = openBlobFile(file, readOnly);
  const cache = new LRUCache<string, Uint8Array>({
    maxSize: cacheBytes,
    sizeCalculation: ({ length }) => length + 1,
    // Simultaneous readers of one blob share one reading.
    fetchMethod: (sha256) => load(db, sha256),
  });

  /** A damaged copy counts as none, so that putting the same bytes again repairs it. */
  const isStored = async (sha256: string): Promise<boolean> =>
    (await load(db, sha256).catch(ignoreCorrupt)) !== undefined;

  return {
    async put(bytes) {
      if (bytes.length > MAX_BLOB_BYTES) {
        throw new RangeError(`A blob has at most ${MAX_BLOB_BYTES} bytes; this one has ${bytes.length}`);
      }
      // A copy: the caller may reuse its buffer while this one is being compressed.
      const copy = Uint8Array.from(bytes);
      const sha256 = hash(copy);
      if (await isStored(sha256)) return sha256;
      save(db, sha256, copy.length, await compress(copy));
      return sha256;
    },
    async get(sha256) {
      // A copy, so that no caller can change what the next one gets.
      const bytes = await cache.fetch(sha256);
      return bytes && Uint8Array.from(bytes);
    },
    async close() {
      cache.clear();
      db.close();
    },
  };
}

function save(db: Database, sha256: string, size: number, compressed: Uint8Array): void {
  transaction(db, () => {
    db.prepare('DELETE FROM chunks WHERE sha256 = ?').run(sha256);
    db.prepare('INSERT OR REPLACE INTO blobs (sha256, size) VALUES (?, ?)').run(sha256, size);
    const insert = db.prepare('INSERT INTO chunks (sha256, number, bytes) VALUES (?, ?, ?)');
    for (let at = 0; at < compressed.length; at += CHUNK_BYTES) {
      insert.run(sha256, at / CHUNK_BYTES, compressed.subarray(at, at + CHUNK_BYTES));
    }
  });
}

async function load(db: Database, sha256: string): Promise<Uint8Array | undefined> {
  // One statement, so one state of the file: a blob without chunks is a damaged one.
  const rows = db
    .prepare('SELECT size, bytes FROM blobs LEFT JOIN chunks USING (sha256) WHERE sha256 = ? ORDER BY number')
    .all(sha256) as { size: number; bytes: Uint8Array | null }[];
  if (rows.length === 0) return undefined;
  try {
    const compressed = Buffer.concat(rows.map(({ bytes }) => bytes ?? new Uint8Array()));
    const bytes = await decompress(compressed, { maxOutputLength: Math.max(rows[0]!.size, 1) });
    if (hash(bytes) === sha256) return bytes;
  } catch (cause) {
    throw corrupt(sha256, cause);
  }
  throw corrupt(sha256);
}

const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const corrupt = (sha256: string, cause?: unknown): BlobCorrupt =>
  new BlobCorrupt(`Blob ${sha256} is damaged: restore the file from a backup, or upload the same content again`, {
    cause,
  });

function ignoreCorrupt(error: unknown): undefined {
  if (!(error instanceof BlobCorrupt)) throw error;
}
