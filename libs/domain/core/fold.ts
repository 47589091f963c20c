import type { Decider } from './decider.js';

export type Past = { readonly type: string; readonly data: object; readonly at: string };

/** The state after events, starting from a state (default: the initial one). */
export const fold = <S>(decider: Decider<S>, events: readonly Past[], from: S = decider.initialState): S =>
  events.reduce((state, event) => decider.evolve(state, event), from);

/** The state that a decision's own events lead to; for the answer that shows the changed thing. */
export const after = <S>(decider: Decider<S>, state: S, events: readonly Omit<Past, 'at'>[], at: string): S =>
  fold(
    decider,
    events.map(({ type, data }) => ({ type, data, at })),
    state,
  );
