import { event } from '../core/events.js';
import type { EventOf } from '../core/events.js';
import type { Role } from '../core/roles.js';

export interface IssuedToken {
  readonly name: string;
  readonly role: Role;
  /** null: every portal. */
  readonly portal_id: string | null;
  /** ISO 8601 UTC; null: it does not expire. */
  readonly expires_at: string | null;
  readonly digest: string;
  readonly algorithm: string;
}

export const serviceTokenEvents = {
  'service-token.issued.v1': event<IssuedToken>('issued the token [{name}] with the role {role}', {
    name: 'public',
    role: 'public',
    portal_id: 'public',
    expires_at: 'public',
    digest: 'secret-derived',
    algorithm: 'secret-derived',
  }),
  'service-token.revoked.v1': event<{ reason: string | null }>('revoked the token', { reason: 'public' }),
};

export type ServiceTokenEvent = EventOf<typeof serviceTokenEvents>;
