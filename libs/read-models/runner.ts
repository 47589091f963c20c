import { BlobCorrupt } from '#blobs/port.js';
import type { LogEvent } from './log-event.js';
import type { LogReader } from './log-reader.js';
import { createOverlay, type Overlay } from './overlay.js';
import { Superseded } from './port.js';
import type { Changes, Checkpoint, DocWrite, ReadModelStore, Selection, View } from './port.js';
import { passable } from './unknown-events.js';
import { describeError, ViewError } from './view-error.js';

/** An event that a view could not apply. The view stands before it until it is retried. */
export interface Blocked {
  readonly position: bigint;
  readonly eventId: string;
  /** Names no data. */
  readonly error: string;
  /** Only a newer release can apply it. */
  readonly unknown?: true;
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
  /** Whether this release has an event type; absent: nothing is known of those without a rule. */
  readonly isKnown?: (type: string) => boolean;
  /** Where several processes could write the collection: the token of the lease that lets this one. */
  readonly epoch?: number;
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

/**
 * Resumes at the collection's checkpoint, which must be valid (isOnLog). Makes the collection if needed.
 * @throws Superseded if the collection has been claimed in a later epoch
 */
export async function createRunner({
  view,
  collection,
  reader,
  store,
  blob,
  batchSize = 2_000,
  isKnown,
  epoch,
}: RunnerOptions): Promise<Runner> {
  await store.ensure(collection, view.indexes);
  if (epoch !== undefined && !(await store.claim(collection, epoch))) throw new Superseded(collection);
  const mayPass = passable(view.rules, isKnown);
  const start = await store.checkpoint(collection);
  let position = start?.position ?? 0n;
  let lastAppliedAt = start ? ((await reader.at(position))?.at ?? null) : null;
  let blocked: Blocked | undefined;
  let unsaved: { checkpoint: Checkpoint; events: number } | undefined;

  async function save(writes: readonly DocWrite[], checkpoint: Checkpoint): Promise<void> {
    await store.write(collection, writes, checkpoint, epoch);
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
      const { applied, failure, unknown } = await applyBatch(view, events, overlay, blob, mayPass);
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
      blocked = { position: at, eventId, error: failure, ...(unknown && { unknown }) };
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
  readonly unknown?: true;
}

async function applyBatch(
  view: View,
  events: readonly LogEvent[],
  overlay: Overlay,
  blob: BlobReader,
  mayPass: (type: string) => boolean,
): Promise<Outcome> {
  const readBlob: BlobReader = (sha256) =>
    blob(sha256).catch((cause: unknown) => {
      throw cause instanceof BlobCorrupt ? cause : new BlobUnavailable('a blob could not be read', { cause });
    });
  const { selections, ...stop } = selectAll(view, events, mayPass);
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
  return { applied: selections.length, ...stop };
}

/** The selection of each event, undefined where the view has no rule, up to the first event whose rule fails or is missing. */
function selectAll(
  view: View,
  events: readonly LogEvent[],
  mayPass: (type: string) => boolean,
): Pick<Outcome, 'failure' | 'unknown'> & { readonly selections: readonly (Selection | undefined)[] } {
  const selections: (Selection | undefined)[] = [];
  try {
    for (const event of events) {
      const rule = view.rules[event.type];
      if (!rule && !mayPass(event.type)) {
        const failure = `events of type ${event.type} are newer than this release: run the newer one`;
        return { selections, failure, unknown: true };
      }
      const selection = rule?.select(event);
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
