/**
 * What must be forgettable or secret: keys, password hashes, sessions, one-time tokens, outbox rows. One generic record
 * store per engine; what the records mean is in the services beside this file (keyring.ts, passwords.ts, sessions.ts, ...).
 */
export interface VaultRecord {
  readonly id: string;
  /** JSON value; binary as base64url. */
  readonly value: unknown;
  /** Grows by one with each write; for compare-and-set. */
  readonly version: number;
  /** For deleteOwned and list: usually a developer id. */
  readonly owner?: string;
  /** Milliseconds since the epoch; expired records are absent to every read, and purged. */
  readonly expiresAt?: number;
}

/** Owner and expiry are those of the latest write; nothing is inherited from the record before. */
export interface WriteOptions {
  readonly owner?: string;
  readonly expiresAt?: number;
  /**
   * A power cut may undo the write, together with all relaxed ones after it; the end of the process does not. For records
   * that are made again by themselves: an engine need not wait for its disk.
   */
  readonly relaxed?: boolean;
}

/** Where a record is. */
export interface Place {
  readonly kind: string;
  readonly id: string;
}

export interface VaultStore {
  get(kind: string, id: string): Promise<VaultRecord | undefined>;
  /** Several at once; missing ones are absent from the map. */
  getMany(kind: string, ids: readonly string[]): Promise<ReadonlyMap<string, VaultRecord>>;
  /** False if the id exists (and has not expired). */
  insert(kind: string, id: string, value: unknown, options?: WriteOptions): Promise<boolean>;
  /** Insert or overwrite. */
  put(kind: string, id: string, value: unknown, options?: WriteOptions): Promise<void>;
  /** Compare and set: false if the record is absent or at another version. */
  replace(kind: string, id: string, version: number, value: unknown, options?: WriteOptions): Promise<boolean>;
  delete(kind: string, id: string): Promise<boolean>;
  /** Deletes all of one owner's records of a kind; the number deleted. */
  deleteOwned(kind: string, owner: string): Promise<number>;
  /** By id, ascending, after the given id. */
  list(kind: string, options: { owner?: string; after?: string; limit: number }): Promise<readonly VaultRecord[]>;
  /** Records of every kind, each once, after the one given: to move a vault. In an order that is the engine's own. */
  listAll(options: { after?: Place; limit: number }): Promise<readonly (VaultRecord & Place)[]>;
  /** Deletes what expired before `now`; the number deleted. */
  purge(now: number): Promise<number>;
  /** Leaves no bytes of deleted or overwritten values in the engine's files. Slow; after destroying keys. */
  scrub(): Promise<void>;
  close(): Promise<void>;
}

/** The vault cannot do its work now: the disk is full, the file is locked, too much is waiting. Worth another try. */
export class VaultUnavailable extends Error {
  override readonly name = 'VaultUnavailable';
}
