import type { AggregateName } from '#domain/core/decider.js';
import type { Services } from '../services.js';
import type { Lookup } from './render-portals.js';

/** States of the streams that an answer mentions, as they are now. One that is gone is not shown. */
export async function existing<S extends { readonly exists: boolean }>(
  { cache }: Pick<Services, 'cache'>,
  aggregate: AggregateName,
  ids: readonly string[],
): Promise<Lookup<S>> {
  const distinct = [...new Set(ids)];
  const loaded = await Promise.all(distinct.map((id) => cache.load<S>(aggregate, id)));
  const known = new Map(loaded.map(({ state }, index) => [distinct[index]!, state]));
  return (id) => {
    const state = known.get(id);
    return state?.exists ? state : undefined;
  };
}
