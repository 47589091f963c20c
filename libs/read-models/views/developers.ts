import { developerEvents } from '#domain/developer/events.js';
import { developer, type DeveloperState } from '#domain/developer/state.js';
import type { LogEvent } from '../log-event.js';
import { mirror } from '../mirror.js';
import type { View } from '../port.js';

/**
 * One document per developer: the state, with e-mail address and name as sealed as in the event. `email_claim`, the
 * address's keyed hash, finds a developer by the exact address.
 */
export const developers: View = {
  name: 'developers',
  version: 1,
  indexes: [
    ['portal_id', 'created_at'],
    ['portal_id', 'status', 'created_at'],
    ['portal_id', 'updated_at'],
    ['email_claim'],
  ],
  rules: mirror<DeveloperState>({
    events: developerEvents,
    decider: developer,
    without: ['password_reset_requested_at', 'teams'],
    also: (_, event) => (event.type === 'developer.registered.v1' ? { email_claim: takenClaim(event) } : {}),
  }),
};

function takenClaim({ metadata }: LogEvent): string | null {
  const { take } = JSON.parse(metadata['claims'] ?? '{}') as { take?: readonly string[] };
  return take?.[0] ?? null;
}
