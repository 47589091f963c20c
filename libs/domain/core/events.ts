/**
 * How events are declared. An event type is `aggregate.fact.vN`; every field is classified where it is declared:
 * - public: may be read by anybody who may read the log;
 * - personal: sealed with the key of one developer before it is stored, so that destroying the key forgets it;
 * - secret-derived: a digest; never leaves the service (left out of feed and audit).
 */
export type Classification = 'public' | 'personal' | 'secret-derived';

/** What an event may hold: canonical JSON without floats. Maps keyed by users are arrays of pairs. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

export interface EventDefinition<T> {
  /** What happened, for the audit story, after the actor's name: "created the application [{name}]". */
  readonly words: string;
  readonly fields: { readonly [K in keyof Required<T>]: Classification };
  /** Phantom: carries the data's type. */
  readonly data?: T;
}

/** Declares one event version: its words and the class of each of its fields. */
export function event<T extends object>(words: string, fields: EventDefinition<T>['fields']): EventDefinition<T> {
  return { words, fields };
}

/** The union {type, data} of a table of definitions. */
export type EventOf<D> = {
  [K in keyof D & string]: D[K] extends EventDefinition<infer T> ? { readonly type: K; readonly data: T } : never;
}[keyof D & string];

/** Label maps are stored as pairs: canonical JSON would reorder integer-like keys. Sorted by key, so that equal maps are equal. */
export type Pairs = readonly (readonly [string, string])[];

export const toPairs = (map: Readonly<Record<string, string>> | null | undefined): Pairs =>
  Object.entries(map ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));

export const fromPairs = (pairs: Pairs): Record<string, string> => Object.fromEntries(pairs);
