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

/**
 * Many documents per stream, all derived from its state and all with its revision. A document that another rule has deleted
 * does not come back with the stream's next event.
 */
export function derived<S extends { readonly exists: boolean }>(options: Derived<S>): View['rules'] {
  const { events, decider, ownerField, keep, documents } = options;
  return forEach(Object.keys(events), {
    select: ({ stream, entityId }) => ({ ids: [stream], where: [ownerField, entityId] }),
    reduce(docs, event) {
      const { before, after, doc: kept } = advance(decider, docs, event, keep);
      const known = new Set(before && documents(event.entityId, before).map(({ id }) => id));
      const changes = new Map<string, Doc | null>(Array.from(docs.keys(), (id) => [id, null]));
      changes.set(event.stream, kept);
      for (const doc of documents(event.entityId, after)) {
        if (docs.has(doc.id) || !known.has(doc.id)) changes.set(doc.id, { ...doc, revision: event.revision });
      }
      return changes;
    },
  });
}
