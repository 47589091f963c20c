import { portalEvents } from '#domain/portal/events.js';
import { portal } from '#domain/portal/state.js';
import { foldText } from '../fold-text.js';
import { mirror } from '../mirror.js';
import type { View } from '../port.js';

/** One document per portal: its state. */
export const portals: View = {
  name: 'portals',
  version: 1,
  indexes: [['name_folded'], ['created_at'], ['default_application_auth_strategy_id']],
  rules: mirror({
    events: portalEvents,
    decider: portal,
    without: ['team_groups'],
    also: ({ name, display_name, description, default_domain, custom_domain, custom_client_domain }) => ({
      name_folded: foldText(name),
      display_name_folded: foldText(display_name),
      description_folded: foldText(description ?? ''),
      default_domain_folded: foldText(default_domain),
      custom_domain_folded: foldText(custom_domain ?? ''),
      custom_client_domain_folded: foldText(custom_client_domain ?? ''),
    }),
  }),
};
