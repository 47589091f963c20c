import type { AuthStrategyState } from '#domain/auth-strategy/state.js';
import type { Services } from '../services.js';
import type { Lookup } from './render-portals.js';

/** The auth strategies that an answer shows, as they are now. One that is gone is not shown. */
export async function strategiesOf(
  { cache }: Pick<Services, 'cache'>,
  ids: readonly string[],
): Promise<Lookup<AuthStrategyState>> {
  const distinct = [...new Set(ids)];
  const loaded = await Promise.all(distinct.map((id) => cache.load<AuthStrategyState>('authStrategy', id)));
  const known = new Map(loaded.map(({ state }, index) => [distinct[index]!, state]));
  return (id) => {
    const strategy = known.get(id);
    return strategy?.exists ? strategy : undefined;
  };
}
