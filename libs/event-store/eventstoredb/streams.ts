import type { NewStoredEvent, StoredEvent, WrongRevision } from '../port.js';

/** What the claims and the store need of a server: streams, technical ones included, and nothing else. */
export interface Streams {
  /**
   * Stores at exactly this revision (-1: the stream has none), or finds that these very events are already there. Repeats
   * itself until the outcome is known; rejects with StoreUnavailable if it cannot find out.
   */
  append(stream: string, expectedRevision: number, events: readonly NewStoredEvent[]): Promise<Written | WrongRevision>;
  /** Everything in the stream; empty if there is no such stream. */
  readStream(stream: string, options?: ReadOptions): Promise<readonly StoredEvent[]>;
}

export interface ReadOptions {
  /** Inclusive; default: the start (forwards) or the end (backwards). */
  readonly from?: number;
  readonly backwards?: boolean;
  readonly limit?: number;
}

export interface Written {
  readonly outcome: 'written';
  /** Of the last event. */
  readonly position: bigint;
}

/** The revision of the stream's last event; -1 if it has none. */
export async function tailOf(streams: Streams, stream: string): Promise<number> {
  const [last] = await streams.readStream(stream, { backwards: true, limit: 1 });
  return last?.revision ?? -1;
}
