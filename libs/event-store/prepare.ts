import { canonicalBody } from './canonical.js';
import type { Append } from './port.js';

/** An append whose events have been checked and brought into their canonical form. */
export interface Prepared extends Append {
  /** Canonical {data, metadata, type} of each event. */
  readonly bodies: readonly string[];
}

/** An event id of the append belongs to another event: a mistake in making ids. */
export class DuplicateEventId extends Error {
  override readonly name = 'DuplicateEventId';
}

/** Throws for an append that no state of the log could accept. */
export function prepareAppend(append: Append): Prepared {
  const { stream, expectedRevision, events, receipt } = append;
  if (stream === '') throw new TypeError('stream is empty: name it <aggregate>-<id>');
  if (events.length === 0) throw new TypeError('events is empty: an append stores at least one event');
  if (!Number.isSafeInteger(expectedRevision) || expectedRevision < -1) {
    throw new TypeError('expectedRevision is not a revision: give the last event’s, or -1 for a stream that has none');
  }
  if (new Set(events.map((event) => event.id)).size !== events.length) {
    throw new TypeError('events holds the same id twice: each event has its own');
  }
  if (receipt && !Number.isSafeInteger(receipt.expiresAt)) {
    throw new TypeError('receipt.expiresAt is not a time: give whole milliseconds since the epoch');
  }
  return { ...append, bodies: events.map(canonicalBody) };
}
