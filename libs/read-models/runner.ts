import { BlobCorrupt } from '#blobs/port.js';
import type { LogEvent } from './log-event.js';
import type { LogReader } from './log-reader.js';
import { createOverlay, type Overlay } from './overlay.js';
import type { Changes, Checkpoint, DocWrite, ReadModelStore, Selection, View } from './port.js';
import { describeError, ViewError } from './view-error.js';

/** An event that a view could not apply. The view stands before it until it is retried. */
export interface Blocked {
  readonly position: bigint;
  readonly eventId: string;
  /** Names no data. */
  readonly error: string;
}

export type BlobReader = (sha256: string) => Promise<Uint8Array | undefined>;

/** The blob store failed, which says nothing about the event: the step is to be repeated, the view is not blocked. */
class BlobUnavailable extends Error {}

export interface RunnerOptions {
  readonly view: View;
  readonly collection: string;
  readonly reader: LogReader;
  readonly store: ReadModelStore;
  readonly blob: BlobReader;
  /** Events per step; the documents that they change are written once per step. */
  readonly batchSize?: number;
}

/** Keeps one collection up to date: serially, in log order. */
export interface Runner {
  readonly collection: string;
  /** Position of the last event applied; 0n before the first. */
  position(): bigint;
  /** ISO 8601: when that event was recorded. */
  lastAppliedAt(): string | null;
  blocked(): Blocked | undefined;
  /** Applies the next batch. Rejects if the store or the log fails: nothing has moved then, and the step may be repeated. */
  step(): Promise<'advanced' | 'idle' | 'blocked'>;
  /** Lets the next step try a blocked event again. */
  retry(): void;
  /** Stores a checkpoint that steps without changes have left behind. */
  flush(): Promise<void>;
}

/**
 * Whether a collection's checkpoint is an event of this log: the event is read back, since a log may have been replaced
 * or restored to an earlier state. A collection without checkpoint stands at the beginning and is valid.
 */
export async function isOnLog(checkpoint: Checkpoint | undefined, reader: LogReader): Promise<boolean> {
  if (!checkpoint) return true;
  if (checkpoint.logId !== reader.logId) return false;
  return (await reader.at(checkpoint.position))?.id === checkpoint.eventId;
}

/** Resumes at the collection's checkpoint, which must be valid (isOnLog). Makes the collection if needed. */
export async function createRunner({
  view,
  collection,
  reader,
  store,
  blob,
  batchSize = 2_000,
}: RunnerOptions): Promise<Runner> {
  await store.ensure(collection, view.indexes);
  const start = await store.checkpoint(collection);
  let position = start?.position ?? 0n;
  let lastAppliedAt = start ? ((await reader.at(position))?.at ?? null) : null;
  let blocked: Blocked | undefined;
  let unsaved: { checkpoint: Checkpoint; events: number } | undefined;

  async function save(writes: readonly DocWrite[], checkpoint: Checkpoint): Promise<void> {
    await store.write(collection, writes, checkpoint);
    unsaved = undefined;
  }

  return {
    collection,
    position: () => position,
    lastAppliedAt: () => lastAppliedAt,
    blocked: () => blocked,
    async step() {
      if (blocked) return 'blocked';
      const events = await reader.after(position, batchSize);
      if (events.length === 0) return 'idle';
      const overlay = createOverlay(store, collection);
      const { applied, failure } = await applyBatch(view, events, overlay, blob);
      const last = events[applied - 1];
      if (last) {
        const checkpoint = { logId: reader.logId, position: last.position, eventId: last.id };
        const writes = overlay.writes();
        const skipped = (unsaved?.events ?? 0) + applied;
        // a checkpoint alone may wait: replaying events that change nothing costs little
        if (writes.length > 0 || skipped >= batchSize) await save(writes, checkpoint);
        else unsaved = { checkpoint, events: skipped };
        position = last.position;
        lastAppliedAt = last.at;
      }
      if (!failure) return 'advanced';
      const { position: at, id: eventId } = events[applied]!;
      blocked = { position: at, eventId, error: failure };
      return 'blocked';
    },
    retry() {
      blocked = undefined;
    },
    async flush() {
      if (unsaved) await save([], unsaved.checkpoint);
    },
  };
}

/** A step ends early when it holds so many documents besides those named by id: a few large specifications have more. */
const MAX_HELD = 10_000;

/** How many events were applied, and why not the next one. An error of the store is thrown instead. */
interface Outcome {
  readonly applied: number;
  readonly failure?: string;
}

async function applyBatch(
  view: View,
  events: readonly LogEvent[],
  overlay: Overlay,
  blob: BlobReader,
): Promise<Outcome> {
  const readBlob: BlobReader = (sha256) =>
    blob(sha256).catch((cause: unknown) => {
      throw cause instanceof BlobCorrupt ? cause : new BlobUnavailable('a blob could not be read', { cause });
    });
  const { selections, failure } = selectAll(view, events);
  await overlay.fetch([{ ids: selections.flatMap((selection) => selection?.ids ?? []) }]);
  const most = overlay.size() + MAX_HELD;
  for (const [index, selection] of selections.entries()) {
    if (!selection) continue;
    const event = events[index]!;
    if (selection.where) await overlay.fetch([selection]); // not before: what a batch selects may be too much at once
    let changes: Changes;
    try {
      const loaded = await view.load?.(event, readBlob);
      changes = view.rules[event.type]!.reduce(overlay.resolve(selection), event, loaded);
      checkChanges(changes);
    } catch (error) {
      if (error instanceof BlobUnavailable) throw error;
      return { applied: index, failure: describeError(error) };
    }
    const unseen = Array.from(changes.keys()).filter((id) => !overlay.entry(id));
    if (unseen.length > 0) await overlay.fetch([{ ids: unseen }]);
    applyChanges(overlay, changes, event);
    if (overlay.size() >= most) return { applied: index + 1 };
  }
  return failure === undefined ? { applied: events.length } : { applied: selections.length, failure };
}

/** The selection of each event, undefined where the view has no rule, up to the first event whose rule fails. */
function selectAll(
  view: View,
  events: readonly LogEvent[],
): { selections: readonly (Selection | undefined)[]; failure?: string } {
  const selections: (Selection | undefined)[] = [];
  try {
    for (const event of events) {
      const selection = view.rules[event.type]?.select(event);
      if (selection?.where) checkIndexed(view, selection.where[0]);
      selections.push(selection);
    }
    return { selections };
  } catch (error) {
    return { selections, failure: describeError(error) };
  }
}

/** A document that already knows the event stays as it is: it was delivered before. */
function applyChanges(overlay: Overlay, changes: Changes, event: LogEvent): void {
  for (const [id, doc] of changes) {
    const present = overlay.entry(id)!;
    if (present.position >= event.position || present.doc === doc) continue;
    overlay.put(id, { doc, position: event.position });
  }
}

function checkChanges(changes: Changes): void {
  for (const [id, doc] of changes) {
    if (doc && doc.id !== id) throw new ViewError('a rule gave a document under another id than its own');
  }
}

function checkIndexed(view: View, field: string): void {
  if (!view.indexes.some(([first]) => first === field)) {
    throw new ViewError(`a rule selects by ${field}: declare an index that begins with it`);
  }
}
