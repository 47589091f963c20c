import type { AlreadyRecorded, Append, ClaimTaken, StoredEvent, WrongRevision } from '../port.js';
import type { Prepared } from '../prepare.js';
import { toStored } from './rows.js';

/** The events of one append as they become rows: plain data, which another thread can be sent. */
export interface NewRows extends Pick<Append, 'stream' | 'expectedRevision' | 'claims' | 'receipt'> {
  readonly ids: readonly string[];
  readonly types: readonly string[];
  /** Canonical {data, metadata, type} of each event. */
  readonly bodies: readonly string[];
}

/** One write of a transaction. */
export type Work =
  | { readonly kind: 'append'; readonly rows: NewRows }
  | { readonly kind: 'seal'; readonly key: string; readonly sealed: string };

/** The writes of one transaction, and the time (milliseconds since the epoch) that decides which receipts have expired. */
export interface Batch {
  readonly works: readonly Work[];
  readonly now: number;
}

/** New rows from `first` on. */
interface Stored {
  readonly outcome: 'stored';
  readonly first: bigint;
}

/** The same append was stored before: as these events. */
interface Repeated {
  readonly outcome: 'repeated';
  readonly events: readonly StoredEvent[];
}

/** An event id is taken by another stream. */
interface TakenId {
  readonly outcome: 'taken-id';
  readonly id: string;
  readonly by: string;
}

/** What became of one write: plain data again. */
export type Done =
  Stored | Repeated | TakenId | WrongRevision | ClaimTaken | AlreadyRecorded | { readonly outcome: 'sealed' };

export const toRows = ({ stream, expectedRevision, events, bodies, claims, receipt }: Prepared): NewRows => ({
  stream,
  expectedRevision,
  ids: events.map(({ id }) => id),
  types: events.map(({ type }) => type),
  bodies,
  ...(claims && { claims }),
  ...(receipt && { receipt }),
});

/** The events of an append whose first one was given this position. */
export const eventsAt = ({ stream, expectedRevision, ids, bodies }: NewRows, first: bigint): readonly StoredEvent[] =>
  ids.map((id, index) =>
    toStored([first + BigInt(index), stream, BigInt(expectedRevision + 1 + index), id, bodies[index]!]),
  );
