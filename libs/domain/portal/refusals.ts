import type { RefusalDefinition } from '../core/refusal.js';

export const portalRefusals = {
  portal_not_found: { kind: 'not-found', detail: 'There is no portal [{id}].' },
  portal_name_taken: {
    kind: 'conflict',
    detail: 'Another portal has the name [{value}]; choose another name.',
    field: 'name',
  },
  portal_domain_taken: {
    kind: 'conflict',
    detail: 'Another portal is reached at [{value}]; choose another domain.',
  },
  custom_domain_required: {
    kind: 'invalid',
    detail: 'A custom client domain needs a custom domain; set custom_domain as well, or clear custom_client_domain.',
    field: 'custom_client_domain',
  },
  default_auth_strategy_not_found: {
    kind: 'invalid',
    detail: 'There is no auth strategy [{id}].',
    field: 'default_application_auth_strategy_id',
  },
  portal_not_empty: {
    kind: 'conflict',
    detail:
      'The portal still has {developers} developers and {versions} product versions open for registration. Remove them first, or delete it with force.',
  },
} as const satisfies Record<string, RefusalDefinition>;
