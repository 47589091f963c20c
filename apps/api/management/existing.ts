import type { AggregateName } from '#domain/core/decider.js';
import type { Services } from '../services.js';
import type { Lookup } from './render-portals.js';

/** States of the streams that an answer mentions, as they are now. One that is gone is not shown. */
export async function existing<S extends { readonly exists: boolean }>(
  { cache }: Pick<Services, 'cache'>,
  aggregate: AggregateName,
  ids: readonly string[],
): Promise<Lookup<S>> {
  const known = await cache.loadMany<S>(aggregate, ids);
  return (id) => {
    const state = known.get(id);
    return state?.exists ? state : undefined;
  };
}
