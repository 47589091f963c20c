import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { corrupt, createBlobs } from '../cached-blobs.js';
import type { Blobs } from '../port.js';
import { transaction } from '#sqlite/transaction.js';
import { openBlobFile, type Database } from './blob-file.js';

const compress = promisify(gzip);
const decompress = promisify(gunzip);

const CHUNK_BYTES = 1024 * 1024;

export interface SqliteBlobsOptions {
  readonly file: string;
  /** Reads only, beside the one writer. The file must exist. */
  readonly readOnly?: boolean;
  /** Decompressed bytes kept in memory. Default 32 MB. */
  readonly cacheBytes?: number;
}

/** Blobs in one SQLite file. A `put` is on disk before it is answered; (de)compression runs off the main thread. */
export function openSqliteBlobs({ file, readOnly = false, cacheBytes }: SqliteBlobsOptions): Blobs {
  const db = openBlobFile(file, readOnly);
  return createBlobs(
    {
      load: (sha256) => load(db, sha256),
      save: async (sha256, bytes) => save(db, sha256, bytes.length, await compress(bytes)),
      list: async (after, limit) => list(db, after, limit),
      close: async () => db.close(),
    },
    cacheBytes,
  );
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

function list(db: Database, after: string, limit: number): readonly string[] {
  const rows = db.prepare('SELECT sha256 FROM blobs WHERE sha256 > ? ORDER BY sha256 LIMIT ?').all(after, limit);
  return (rows as { sha256: string }[]).map(({ sha256 }) => sha256);
}

async function load(db: Database, sha256: string): Promise<Uint8Array | undefined> {
  // One statement, so one state of the file: a blob without chunks is a damaged one.
  const rows = db
    .prepare('SELECT size, bytes FROM blobs LEFT JOIN chunks USING (sha256) WHERE sha256 = ? ORDER BY number')
    .all(sha256) as { size: number; bytes: Uint8Array | null }[];
  if (rows.length === 0) return undefined;
  try {
    const compressed = Buffer.concat(rows.map(({ bytes }) => bytes ?? new Uint8Array()));
    return await decompress(compressed, { maxOutputLength: Math.max(rows[0]!.size, 1) });
  } catch (cause) {
    throw corrupt(sha256, cause);
  }
}
