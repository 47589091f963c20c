import type { Decider } from '#domain/core/decider.js';
import type { LogEvent } from './log-event.js';
import { stateIn } from './mirror.js';
import type { Doc } from './port.js';

export interface KeptState<S> {
  /** The state has the event already: after a crash between two writes it is delivered again, and `after` is later still. */
  readonly repeated: boolean;
  readonly after: S;
  /** The new state as a document to keep; null when what it is about exists no more. */
  readonly doc: Doc | null;
}

/**
 * The state of a stream that a view keeps for its own use, in a document named like the stream whose fields no query
 * asks for: many documents are derived from it. `keep`: the parts of the state that are needed.
 */
export function advance<S extends { readonly exists: boolean }>(
  decider: Decider<S>,
  docs: ReadonlyMap<string, Doc>,
  event: LogEvent,
  keep: (state: S) => Partial<S>,
): KeptState<S> {
  const { stream: id, revision } = event;
  const present = docs.get(id);
  const kept = present?.['kept'] as { readonly revision: number; readonly state: object } | undefined;
  const state = stateIn(decider, kept?.state);
  if (present && kept && kept.revision >= revision) return { repeated: true, after: state, doc: present };
  const after = decider.evolve(state, event);
  return { repeated: false, after, doc: after.exists ? { id, kept: { revision, state: keep(after) } } : null };
}

/** The state of another stream that the view keeps; the initial one if it keeps none. */
export const keptState = <S extends object>(decider: Decider<S>, docs: ReadonlyMap<string, Doc>, stream: string): S =>
  stateIn(decider, (docs.get(stream)?.['kept'] as { readonly state: object } | undefined)?.state);
