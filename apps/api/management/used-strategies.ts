import type { AuthStrategyState } from '#domain/auth-strategy/state.js';
import type { Services } from '../services.js';
import { existing } from './existing.js';
import type { Lookup } from './render-portals.js';

/** The auth strategies that an answer shows, as they are now. One that is gone is not shown. */
export const strategiesOf = (
  services: Pick<Services, 'cache'>,
  ids: readonly string[],
): Promise<Lookup<AuthStrategyState>> => existing<AuthStrategyState>(services, 'authStrategy', ids);
