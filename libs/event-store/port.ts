/** The event store's port. Adapters: sqlite (embedded), eventstoredb (server). One contract suite (event-store.contract.ts) holds for every adapter. */

/** What is stored and never changes: parsed canonical JSON. Metadata is a flat map of strings. */
export interface EventBody {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface NewStoredEvent extends EventBody {
  /** UUID; deterministic (command id and index), so that a repeat is recognisable. */
  readonly id: string;
}

export interface StoredEvent extends NewStoredEvent {
  /** Place in the whole log; strictly growing; dense on SQLite, with gaps on servers. Never a JS number. */
  readonly position: bigint;
  /** `<aggregate>-<id>` */
  readonly stream: string;
  /** Place in its stream, from 0. */
  readonly revision: number;
}

/**
 * Keyed hashes that an append takes and gives back for its stream. The events say the same in `metadata.claims`, each its
 * part as JSON of this shape: servers know who holds what from the events alone.
 */
export interface ClaimChange {
  readonly take: readonly string[];
  readonly drop: readonly string[];
}

export interface Append {
  readonly stream: string;
  /** Revision of the stream's last event as the decision saw it; -1: the stream has none. */
  readonly expectedRevision: number;
  /** At least one. */
  readonly events: readonly NewStoredEvent[];
  readonly claims?: ClaimChange;
  /** Stored with the events: in the same transaction (SQLite), or before them and void without them (servers). */
  readonly receipt?: Receipt;
}

export interface Appended {
  readonly outcome: 'appended';
  /** Position of the last event appended. */
  readonly position: bigint;
  readonly revision: number;
  readonly events: readonly StoredEvent[];
}

export interface WrongRevision {
  readonly outcome: 'wrong-revision';
  readonly actualRevision: number;
}

export interface ClaimTaken {
  readonly outcome: 'claim-taken';
  readonly claim: string;
  /** The stream that holds it. */
  readonly owner: string;
}

/** Another command has been recorded under the receipt's key: nothing was appended, the receipt has the answer. */
export interface AlreadyRecorded {
  readonly outcome: 'already-recorded';
}

/** Expected results are values; anything else (disk full, server gone) is a StoreUnavailable. */
export type AppendResult = Appended | WrongRevision | ClaimTaken | AlreadyRecorded;

/** The store cannot do its work now. The caller may repeat the same append with the same ids. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}

/** A recorded answer to a command sent with an Idempotency-Key. `sealed` is opaque to the store. */
export interface Receipt {
  /** Keyed hash of caller and Idempotency-Key. */
  readonly key: string;
  /** Keyed hash of method, path and body: the same key with another payload is refused. */
  readonly payload: string;
  readonly commandId: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  readonly sealed: string;
}

export interface ReadAllOptions {
  /** Exclusive. */
  readonly after: bigint;
  readonly limit: number;
  /** Event types; absent: all. */
  readonly types?: readonly string[];
}

export interface ReadStreamOptions {
  /** Inclusive; default: the start (forwards) or the end (backwards). */
  readonly from?: number;
  readonly backwards?: boolean;
  readonly limit?: number;
  /** With events that only occupy a revision (servers): for whoever is to append at the revision after the last. */
  readonly technical?: boolean;
}

/** How far a process follows a log that others write, too. */
export interface Standing {
  /** Everything up to here has been seen. */
  readonly position: bigint;
  /** Of the newest domain event seen. */
  readonly head: bigint;
  /** Whether the subscription stands and has reached the end of the log since it was made. */
  readonly live: boolean;
  /** How often it had to be made again. */
  readonly resubscribed: number;
}

export interface EventStore {
  /** Identifies this log for ever; part of every position shown outside. */
  readonly logId: string;
  append(append: Append): Promise<AppendResult>;
  /** Empty for a stream that does not exist. */
  readStream(stream: string, options?: ReadStreamOptions): Promise<readonly StoredEvent[]>;
  readAll(options: ReadAllOptions): Promise<readonly StoredEvent[]>;
  /** Event at exactly this position, if there is one. */
  readAt(position: bigint): Promise<StoredEvent | undefined>;
  /** Position of the newest event; 0n for an empty log. */
  head(): Promise<bigint>;
  /** The stream that holds a claim (keyed hash). */
  ownerOf(claim: string): Promise<string | undefined>;
  /**
   * Calls back in log order with what was appended; returns the unsubscriber. On SQLite at each commit of this process; on
   * servers with the appends of every process, and normally before an append of this one is answered.
   */
  onAppended(listener: (events: readonly StoredEvent[]) => void): () => void;
  /** Servers only. A log that this process alone writes has been seen up to its head. */
  standing?(): Standing;
  receipt(key: string): Promise<Receipt | undefined>;
  /** Replaces the sealed part of a receipt (the HTTP answer, once rendered). */
  sealReceipt(key: string, sealed: string): Promise<void>;
  close(): Promise<void>;
}
