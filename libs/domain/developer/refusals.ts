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
} as const satisfies Record<string, RefusalDefinition>;
