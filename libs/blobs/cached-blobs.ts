import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { BlobCorrupt, MAX_BLOB_BYTES, type Blobs } from './port.js';

/** How an engine keeps blobs. */
export interface BlobEngine {
  /** The bytes as they are stored; undefined if absent. Throws BlobCorrupt (corrupt) if they cannot be put together. */
  load(sha256: string): Promise<Uint8Array | undefined>;
  /** Stores them, replacing a damaged copy. When it resolves, they are there to stay. */
  save(sha256: string, bytes: Uint8Array): Promise<void>;
  list(after: string, limit: number): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** Blobs over an engine: named, limited, checked, and kept in memory up to `cacheBytes`, since documents are read often. */
export function createBlobs({ load, save, list, close }: BlobEngine, cacheBytes = 32 * 1024 * 1024): Blobs {
  const cache = new LRUCache<string, Uint8Array>({
    maxSize: cacheBytes,
    sizeCalculation: ({ length }) => length + 1,
    // Simultaneous readers of one blob share one reading.
    fetchMethod: (sha256) => loadChecked(sha256),
  });

  async function loadChecked(sha256: string): Promise<Uint8Array | undefined> {
    const bytes = await load(sha256);
    if (bytes && hash(bytes) !== sha256) throw corrupt(sha256);
    return bytes;
  }

  /** A damaged copy counts as none, so that putting the same bytes again repairs it. */
  const isStored = async (sha256: string): Promise<boolean> =>
    (await loadChecked(sha256).catch(ignoreCorrupt)) !== undefined;

  return {
    async put(bytes) {
      if (bytes.length > MAX_BLOB_BYTES) {
        throw new RangeError(`A blob has at most ${MAX_BLOB_BYTES} bytes; this one has ${bytes.length}`);
      }
      // A copy: the caller may reuse its buffer while this one is being compressed.
      const copy = Uint8Array.from(bytes);
      const sha256 = hash(copy);
      if (!(await isStored(sha256))) await save(sha256, copy);
      return sha256;
    },
    async get(sha256) {
      // A copy, so that no caller can change what the next one gets.
      const bytes = await cache.fetch(sha256);
      return bytes && Uint8Array.from(bytes);
    },
    list: ({ after = '', limit }) => list(after, limit),
    async close() {
      cache.clear();
      await close();
    },
  };
}

const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export const corrupt = (sha256: string, cause?: unknown): BlobCorrupt =>
  new BlobCorrupt(`Blob ${sha256} is damaged: restore the store from a backup, or upload the same content again`, {
    cause,
  });

function ignoreCorrupt(error: unknown): undefined {
  if (!(error instanceof BlobCorrupt)) throw error;
}
