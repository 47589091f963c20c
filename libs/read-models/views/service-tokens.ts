import { serviceTokenEvents } from '#domain/service-token/events.js';
import { serviceToken, type ServiceTokenState } from '#domain/service-token/state.js';
import { mirror } from '../mirror.js';
import type { View } from '../port.js';

/** One document per token that was not revoked, without its digest; those that have expired are among them. */
export const serviceTokens: View = {
  name: 'service_tokens',
  version: 1,
  indexes: [['name', 'created_at']],
  rules: mirror<ServiceTokenState>({
    events: serviceTokenEvents,
    decider: serviceToken,
    without: ['digest', 'algorithm', 'revoked_at'],
  }),
};
