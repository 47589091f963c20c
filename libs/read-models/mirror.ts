import type { Decider } from '#domain/core/decider.js';
import type { LogEvent } from './log-event.js';
import type { Doc, Rule, View } from './port.js';
import { entity } from './rules.js';

/** Same rule for each of these event types. */
export const forEach = (types: readonly string[], rule: Rule): View['rules'] =>
  Object.fromEntries(types.map((type) => [type, rule]));

export interface Mirror<S> {
  /** The aggregate's event definitions: a rule for each. */
  readonly events: object;
  readonly decider: Decider<S>;
  /** What the document holds beside the state: folded twins, counts. */
  readonly also?: (state: S, event: LogEvent) => object;
  /** Parts of the state that the document does not hold; each event finds them as they are initially. */
  readonly without?: readonly (keyof S & string)[];
}

/** The state that a document holds; the initial one without document. */
export const stateIn = <S extends object>(decider: Decider<S>, doc: object | undefined): S =>
  doc ? { ...decider.initialState, ...doc } : decider.initialState;

/**
 * One document per stream, with the stream's id: the state as the domain folds it, and the revision. It is gone when the
 * state says that it exists no more.
 */
export function mirror<S extends { readonly exists: boolean }>({ events, decider, also, without = [] }: Mirror<S>) {
  return forEach(Object.keys(events), {
    select: entity,
    reduce(docs, event) {
      const id = event.entityId;
      const present = docs.get(id);
      const state = decider.evolve(stateIn(decider, present), event);
      if (!state.exists) return new Map(present && [[id, null]]);
      const doc: Record<string, unknown> & Doc = { ...state, ...also?.(state, event), id, revision: event.revision };
      for (const field of without) delete doc[field];
      return new Map([[id, doc]]);
    },
  });
}
