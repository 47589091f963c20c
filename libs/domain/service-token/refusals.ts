import type { RefusalDefinition } from '../core/refusal.js';

export const serviceTokenRefusals = {
  service_token_not_found: { kind: 'not-found', detail: 'There is no token [{id}].' },
  service_token_name_reserved: {
    kind: 'invalid',
    field: 'name',
    detail:
      'Others act under the name [{name}]; choose another, such as the name of the program that will use the token.',
  },
} as const satisfies Record<string, RefusalDefinition>;
