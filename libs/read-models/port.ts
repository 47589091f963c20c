/**
 * Read models: a view is a table of event type -> rule. A rule selects documents of the view and says what becomes of them;
 * the runner does the reading and writing. A view reads and writes only its own documents (immutable blobs aside).
 */
import type { LogEvent } from './log-event.js';

export interface Doc {
  readonly id: string;
  readonly [field: string]: unknown;
}

/** Which documents a rule is about: by id, or all whose indexed field has the value. Both: the union. */
export interface Selection {
  readonly ids?: readonly string[];
  readonly where?: readonly [field: string, value: string];
}

/** What becomes of documents: a document replaces (or makes) the one with its id, null deletes it. */
export type Changes = ReadonlyMap<string, Doc | null>;

export interface Rule {
  /** Pure. A field of `where` must lead one of the view's indexes. */
  select(event: LogEvent): Selection;
  /**
   * Pure. Gets the selected documents that exist; returns the changes. A document absent from the result stays as it is.
   * `loaded` is what the view's `load` gave for this event.
   */
  reduce(docs: ReadonlyMap<string, Doc>, event: LogEvent, loaded?: unknown): Changes;
}

export interface View {
  readonly name: string;
  /** Part of the collection's name: raise it whenever a rule or an index changes; a rebuilt copy then takes over. */
  readonly version: number;
  /** Fields (top level) that are filtered, sorted or selected by. Compound ones as arrays. */
  readonly indexes: readonly (readonly string[])[];
  readonly rules: Readonly<Record<string, Rule>>;
  /** Reads immutable blobs that an event names, before `select`... `reduce`; the only asynchronous part. */
  readonly load?: (event: LogEvent, blob: (sha256: string) => Promise<Uint8Array | undefined>) => Promise<unknown>;
}

export type Operator = 'eq' | 'neq' | 'in' | 'contains' | 'containsAny' | 'prefix' | 'lt' | 'lte' | 'gt' | 'gte';

/**
 * One condition on a top-level field (letters, digits, `_`); all conditions of a query must hold. `contains` is an exact
 * substring (fold both sides first), `containsAny` takes several and asks for one of them. A field holds one type, or null; `eq null` matches missing too, `neq` a value matches
 * null and missing, the others never do. Texts compare by code point.
 */
export interface Condition {
  readonly field: string;
  readonly op: Operator;
  readonly value: string | number | boolean | null | readonly (string | number)[];
}

export interface Query {
  readonly where: readonly Condition[];
  /** Default: by id. The id is always the last tie-breaker, in the direction of the last field, so that an index serves both. Null comes first. */
  readonly sort?: readonly { readonly field: string; readonly descending?: boolean }[];
  readonly skip?: number;
  readonly limit: number;
}

/** Where a view stands. The runner reads `eventId` back at start and rebuilds if the log has another event there. */
export interface Checkpoint {
  readonly logId: string;
  readonly position: bigint;
  readonly eventId: string;
}

/** One document's new state at a position; `doc: null` leaves a tombstone. */
export interface DocWrite {
  readonly id: string;
  readonly position: bigint;
  readonly doc: Doc | null;
  /** What the writer has found there, null for nothing: a hint that saves work, never needed and never relied on. */
  readonly before?: Doc | null;
}

export interface ReadModelStore {
  /** Makes the view's collection and indexes if needed; idempotent. `collection` is `<view>_v<version>`. */
  ensure(collection: string, indexes: View['indexes']): Promise<void>;
  /** Which collections exist, for clean-up and status. */
  collections(): Promise<readonly string[]>;
  /** The collection with its checkpoint; nothing if it does not exist. */
  drop(collection: string): Promise<void>;
  /** Which of a view's collections answers are read from; undefined before the view's first build. */
  pointer(view: string): Promise<string | undefined>;
  setPointer(view: string, collection: string): Promise<void>;

  /** For the runner: documents with their positions, tombstones included (doc null). */
  load(collection: string, ids: readonly string[]): Promise<readonly DocWrite[]>;
  loadWhere(collection: string, field: string, value: string): Promise<readonly DocWrite[]>;
  /**
   * Makes the holder of a lease the collection's writer. False if a later one has it already: an epoch, the lease's token, grows
   * with each holder.
   */
  claim(collection: string, epoch: number): Promise<boolean>;
  /** Writes that are older than what is stored (position not greater) change nothing. Then the checkpoint, never backwards.
   *  One transaction on SQLite; on servers the guards make a crash in between harmless.
   *  @throws Superseded if an epoch is given and the collection has been claimed in a later one */
  write(collection: string, writes: readonly DocWrite[], checkpoint: Checkpoint, epoch?: number): Promise<void>;
  checkpoint(collection: string): Promise<Checkpoint | undefined>;
  /** Deletes tombstones written before a position. */
  purge(collection: string, before: bigint): Promise<number>;

  /** For answers. */
  get(collection: string, id: string): Promise<Doc | undefined>;
  getMany(collection: string, ids: readonly string[]): Promise<ReadonlyMap<string, Doc>>;
  find(collection: string, query: Query): Promise<readonly Doc[]>;
  count(collection: string, where: readonly Condition[]): Promise<number>;
  close(): Promise<void>;
}

/** Another process has taken the view over from this one, which is to stop writing it. */
export class Superseded extends Error {
  override readonly name = 'Superseded';

  constructor(collection: string) {
    super(`${collection} is written by another process now`);
  }
}

/** The store cannot do its work now: the server is gone, or too slow. Worth another try. */
export class ReadModelsUnavailable extends Error {
  override readonly name = 'ReadModelsUnavailable';
}
