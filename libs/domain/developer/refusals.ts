import type { RefusalDefinition } from '../core/refusal.js';

export const developerRefusals = {
  developer_not_found: { kind: 'not-found', detail: 'There is no developer [{id}].' },
  email_taken: {
    kind: 'conflict',
    detail: 'A developer with this e-mail address has signed up on this portal already.',
    field: 'email',
  },
  portal_is_public: {
    kind: 'not-found',
    detail: 'The portal is public: anybody may read it, and it has no developer accounts.',
  },
  developer_status_not_possible: {
    kind: 'conflict',
    detail: 'A developer who is {from} cannot become {to}.',
    field: 'status',
  },
  developer_in_team: { kind: 'conflict', detail: 'The developer is in the team [{team_id}] already.' },
  developer_not_in_team: { kind: 'not-found', detail: 'The developer is not in the team [{team_id}].' },
  teams_from_groups_only: {
    kind: 'conflict',
    detail:
      'This portal takes teams from the groups of its identity provider only. Map a group to the team, or set konnect_mapping_enabled.',
  },
  identity_taken: { kind: 'conflict', detail: 'Another account of this portal belongs to this identity.' },
  identity_not_verified: {
    kind: 'conflict',
    detail: 'The account and the identity provider must both have confirmed the e-mail address.',
  },
  identity_of_another: {
    kind: 'conflict',
    detail: 'The account belongs to another identity of the same provider.',
  },
} as const satisfies Record<string, RefusalDefinition>;
