import { authStrategyEvents } from '#domain/auth-strategy/events.js';
import { authStrategy } from '#domain/auth-strategy/state.js';
import { foldText } from '../fold-text.js';
import { mirror } from '../mirror.js';
import type { View } from '../port.js';

/** One document per auth strategy: its state. */
export const strategies: View = {
  name: 'strategies',
  version: 2,
  indexes: [['name_folded'], ['created_at'], ['dcr_provider_id']],
  rules: mirror({
    events: authStrategyEvents,
    decider: authStrategy,
    also: ({ name, display_name }) => ({ name_folded: foldText(name), display_name_folded: foldText(display_name) }),
  }),
};
