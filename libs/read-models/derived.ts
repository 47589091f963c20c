import type { Decider } from '#domain/core/decider.js';
import { advance } from './kept-state.js';
import { forEach } from './mirror.js';
import type { Doc, View } from './port.js';

export interface Derived<S> {
  /** The aggregate's event definitions: a rule for each. */
  readonly events: object;
  readonly decider: Decider<S>;
  /** The field of the documents that holds the stream's id; must lead an index. */
  readonly ownerField: string;
  /** The parts of the state that the documents need. */
  readonly keep: (state: S) => Partial<S>;
  /** Pure: the documents that a state means, each with the stream's id in the owner field. */
  readonly documents: (id: string, state: S) => readonly Doc[];
}

/** When each document came to be, as the revision of the event: kept beside the state. */
type Made = Readonly<Record<string, number>>;

/**
 * Many documents per stream, all derived from its state and all with its revision. A document that another rule has deleted
 * does not come back with the stream's next event, though the state still means it.
 */
export function derived<S extends { readonly exists: boolean }>(options: Derived<S>): View['rules'] {
  const { events, decider, ownerField, keep, documents } = options;
  return forEach(Object.keys(events), {
    select: ({ stream, entityId }) => ({ ids: [stream], where: [ownerField, entityId] }),
    reduce(docs, event) {
      const { revision, stream, entityId } = event;
      const { after, doc: kept, repeated } = advance(decider, docs, event, keep);
      const meant = documents(entityId, after);
      const known = (docs.get(stream)?.['made'] ?? {}) as Made;
      const made: Made = repeated ? known : Object.fromEntries(meant.map(({ id }) => [id, known[id] ?? revision]));
      const changes = new Map<string, Doc | null>(Array.from(docs.keys(), (id) => [id, null]));
      changes.set(stream, repeated ? kept : kept && { ...kept, made });
      for (const doc of meant) {
        if (docs.has(doc.id) || made[doc.id] === revision) changes.set(doc.id, { ...doc, revision });
      }
      return changes;
    },
  });
}
