import { event } from '../core/events.js';
import type { EventOf } from '../core/events.js';
import { membershipEvents } from './team-events.js';

export type DeveloperStatus = 'pending' | 'approved' | 'rejected' | 'revoked';

/** A decision about a developer: the status before it, and why. */
export interface StatusDecided {
  readonly from: DeveloperStatus;
  readonly reason: string | null;
}

const decided = { from: 'public', reason: 'personal' } as const;

export const developerEvents = {
  'developer.registered.v1': event<{ portal_id: string; email: string; full_name: string }>('signed up', {
    portal_id: 'public',
    email: 'personal',
    full_name: 'personal',
  }),
  'developer.sign-up-repeated.v1': event<object>('was told of a sign-up with an address already known', {}),
  'developer.identity-linked.v1': event<{ identity_provider_id: string; issuer: string; subject: string }>(
    'signs in through the identity provider [{issuer}]',
    { identity_provider_id: 'public', issuer: 'public', subject: 'personal' },
  ),
  'developer.email-confirmed.v1': event<object>('confirmed the e-mail address', {}),
  'developer.password-reset-requested.v1': event<object>('asked for a link to set a new password', {}),
  'developer.password-set.v1': event<object>('set a password', {}),
  'developer.approved.v1': event<StatusDecided>('approved the developer, who was {from}', decided),
  'developer.rejected.v1': event<StatusDecided>('rejected the developer, who was {from}', decided),
  'developer.revoked.v1': event<StatusDecided>('revoked the developer, who was {from}', decided),
  ...membershipEvents,
  'developer.removed.v1': event<{ reason: string | null }>('removed the developer', { reason: 'personal' }),
};

export type DeveloperEvent = EventOf<typeof developerEvents>;
