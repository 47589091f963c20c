/** Documents and specifications by their SHA-256, outside events. Written before the event that names them; orphans are harmless. */
export interface Blobs {
  /** Stores the bytes (gzip, chunks of 1 MB); returns the lower-case hex SHA-256. At most 16 MB. Same bytes, same answer. */
  put(bytes: Uint8Array): Promise<string>;
  /** The bytes, checked against their hash; undefined if absent. Throws BlobCorrupt if they do not match. */
  get(sha256: string): Promise<Uint8Array | undefined>;
  /** The SHA-256 of what is stored, ascending, after the one given. */
  list(options: { after?: string; limit: number }): Promise<readonly string[]>;
  close(): Promise<void>;
}

export class BlobCorrupt extends Error {
  override readonly name = 'BlobCorrupt';
}

/** The store cannot do its work now: the server is gone, or too slow. Worth another try. */
export class BlobsUnavailable extends Error {
  override readonly name = 'BlobsUnavailable';
}

export const MAX_BLOB_BYTES = 16 * 1024 * 1024;
