import type { RefusalDefinition } from '../core/refusal.js';

export const teamRefusals = {
  team_not_found: { kind: 'not-found', detail: 'There is no team [{id}].' },
  team_name_taken: {
    kind: 'conflict',
    field: 'name',
    detail: 'Another team of the portal has the name [{value}]; choose another name.',
  },
  role_product_unknown: {
    kind: 'invalid',
    field: 'entity_id',
    detail: 'There is no product [{id}]. Name a product, or * for all of them.',
  },
  role_assigned: {
    kind: 'conflict',
    field: 'role_name',
    detail: 'The team has the role {role_name} for [{entity_id}] already; it is the assignment [{id}].',
  },
  role_not_found: { kind: 'not-found', detail: 'The team has no assigned role [{id}].' },
  role_limit: {
    kind: 'limit',
    detail: 'A team may have {limit} roles. Use entity_id * for all products, or spread the roles over teams.',
  },
} as const satisfies Record<string, RefusalDefinition>;
