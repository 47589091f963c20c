/**
 * Moving a whole log to another engine. Adapters: sqlite, eventstoredb; one contract suite (transfer.contract.ts).
 * Nothing else may have the log open meanwhile.
 */
import type { Receipt, StoredEvent } from './port.js';

/** What a log says of the move that fills it. */
export interface Arrival {
  /** Id of the log that it comes from. */
  readonly from: string;
  /** False: it cannot be served yet. */
  readonly finished: boolean;
}

/** A receipt with the place where its command's events stand. */
export interface PlacedReceipt extends Receipt {
  readonly stream: string;
  /** Of the first event. */
  readonly revision: number;
  readonly event: string;
}

export interface LogTransfer {
  readonly logId: string;
  /**
   * In log order after a position, at least one event if there is one. With fences, which occupy revisions; without what
   * belongs to the engine: claims, and the log's own notes.
   */
  read(after: bigint, limit: number): Promise<readonly StoredEvent[]>;
  /** Position of the newest domain event; 0n: none. */
  end(): Promise<bigint>;
  /** Receipts that have not expired, also of commands whose events never came. */
  receipts(): Promise<readonly Receipt[]>;
  /** Absent: the log came to be where it is. */
  arrival(): Promise<Arrival | undefined>;
  /**
   * From here on nobody can open the log for serving, until `finish`. May be repeated.
   * @throws LogInUse if it has events of its own, or another log has begun to move here
   */
  begin(from: string): Promise<void>;
  /**
   * Appends events as they are, in this order: ids, types, data, metadata and revisions; positions are the log's own. When it is
   * cut off, the first few of them are there.
   * @throws LogInUse if an event does not follow on what its stream has here
   */
  write(
    events: readonly Pick<StoredEvent, 'id' | 'stream' | 'revision' | 'type' | 'data' | 'metadata'>[],
  ): Promise<void>;
  /** The claims (keyed hashes) that streams hold after all events. May be repeated. */
  hold(claims: ReadonlyMap<string, string>): Promise<void>;
  /** May be repeated. */
  keep(receipts: readonly PlacedReceipt[]): Promise<void>;
  /** The log can be served. */
  finish(): Promise<void>;
  close(): Promise<void>;
}

/** Another log's events cannot be put here. */
export class LogInUse extends Error {
  override readonly name = 'LogInUse';
}

/** A log that is not complete is not to be served. For the operator. */
export const UNFINISHED =
  'events of another log are being moved here, and not all have arrived: run the same `gatehouse migrate` again';
