import type { Checkpoint, Doc, DocWrite } from '../port.js';

/**
 * The id of a collection's checkpoint, which stands in the collection itself: both come and go in one step. It is a number,
 * so that no document of a view has it.
 */
export const CHECKPOINT_ID = 0;

/** What a collection holds. Each is replaced as a whole, and only by one with a greater `pos`. */
export type Stored = StoredDocument | StoredTombstone | StoredCheckpoint;

export interface StoredDocument {
  readonly _id: string;
  readonly pos: bigint;
  readonly doc: object;
}

/** `tombstone` repeats the position for an index that has only tombstones. */
export interface StoredTombstone {
  readonly _id: string;
  readonly pos: bigint;
  readonly tombstone: bigint;
}

export interface StoredCheckpoint {
  readonly _id: typeof CHECKPOINT_ID;
  readonly pos: bigint;
  readonly log_id: string;
  /** Empty: the collection is claimed, and has no event yet. */
  readonly event_id: string;
  /** Of whoever writes the collection, where several processes could. */
  readonly epoch?: number;
}

export const storedWrite = ({ id, position, doc }: DocWrite): StoredDocument | StoredTombstone =>
  doc ? { _id: id, pos: position, doc: storable(doc) as object } : { _id: id, pos: position, tombstone: position };

export const writeFrom = (stored: StoredDocument | StoredTombstone): DocWrite => ({
  id: stored._id,
  position: stored.pos,
  doc: 'doc' in stored ? docFrom(stored) : null,
});

export const docFrom = ({ doc }: Pick<StoredDocument, 'doc'>): Doc => restored(doc) as Doc;

export const storedCheckpoint = ({ logId, position, eventId }: Checkpoint, epoch?: number): StoredCheckpoint => ({
  _id: CHECKPOINT_ID,
  pos: position,
  log_id: logId,
  event_id: eventId,
  ...(epoch !== undefined && { epoch }),
});

export const checkpointFrom = ({ pos, log_id, event_id }: StoredCheckpoint): Checkpoint => ({
  logId: log_id,
  position: pos,
  eventId: event_id,
});

/** The one field of the object that stands for an array within an array (labels are lists of pairs), which FerretDB 1.x refuses. */
const INNER = '[]';

function storable(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => (Array.isArray(item) ? { [INNER]: storable(item) } : storable(item)));
  }
  return mapFields(value, storable);
}

function restored(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map((item: unknown) => restored(isInner(item) ? item[INNER] : item));
  }
  return mapFields(value, restored);
}

const isInner = (value: unknown): value is { readonly [INNER]: unknown } =>
  typeof value === 'object' && value !== null && INNER in value;

function mapFields(value: unknown, change: (value: unknown) => unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([field, content]) => [field, change(content)]));
}
