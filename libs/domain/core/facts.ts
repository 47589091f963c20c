import type { Facts, ReadState } from './decider.js';

/** A fact that is a stream's state: undefined if the decision did not ask for it, or no stream holds the claim it asked by. */
export const streamFact = <S>(facts: Facts, name: string): ReadState<S> | undefined => {
  const fact = facts[name];
  return typeof fact === 'object' ? (fact as ReadState<S>) : undefined;
};
