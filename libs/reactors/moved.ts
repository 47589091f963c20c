import { CHECKPOINT, type StoredPlace } from './checkpoint.js';
import { OUTBOX } from './outbox.js';

/** A log that was moved: what stood where, and where it stands now. */
export interface MovedLog {
  readonly from: string;
  readonly to: string;
  /** Undefined: no event stood there. */
  positionOf(position: bigint): bigint | undefined;
}

/** The position in the log that a record of the vault holds. */
export function positionIn(kind: string, value: unknown): bigint | undefined {
  if (kind !== CHECKPOINT && kind !== OUTBOX) return undefined;
  const { position } = value as { readonly position?: string };
  return position === undefined ? undefined : BigInt(position);
}

/**
 * The value of a record for the log that was moved. A reactor goes on after the same event as before, and what is under way keeps
 * its event: nothing is done twice, and nothing is left out. What was of another log before, is of another log now.
 */
export function movedRecord(kind: string, value: unknown, { from, to, positionOf }: MovedLog): unknown {
  const position = positionIn(kind, value);
  if (position === undefined) return value;
  const moved = position === 0n ? 0n : positionOf(position);
  if (moved === undefined) return value;
  if (kind === OUTBOX) return { ...(value as object), position: String(moved) };
  const place = value as StoredPlace;
  return place.logId === from ? { ...place, logId: to, position: String(moved) } : place;
}
