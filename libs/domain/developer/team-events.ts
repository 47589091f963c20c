import { event } from '../core/events.js';

/** `manual`: somebody decided it. `groups`: it follows from the groups of an identity provider. */
export type MembershipSource = 'manual' | 'groups';

interface Membership {
  readonly team_id: string;
  readonly source: MembershipSource;
  readonly reason: string | null;
}

const membership = { team_id: 'public', source: 'public', reason: 'personal' } as const;

export const membershipEvents = {
  'developer.added-to-team.v1': event<Membership>('put the developer into the team [{team_id}]', membership),
  'developer.removed-from-team.v1': event<Membership>('took the developer out of the team [{team_id}]', membership),
};
