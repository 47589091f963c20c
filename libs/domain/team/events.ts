import { event } from '../core/events.js';
import type { EventOf } from '../core/events.js';
import type { RoleName } from './roles.js';

export interface TeamDetails {
  readonly name: string;
  readonly description: string | null;
}

interface RoleData {
  readonly role_id: string;
  readonly role_name: RoleName;
  /** `*`: every product. */
  readonly product_id: string;
  readonly entity_region: string;
}

const details = { name: 'public', description: 'public' } as const;
const role = { role_id: 'public', role_name: 'public', product_id: 'public', entity_region: 'public' } as const;

export const teamEvents = {
  'team.created.v1': event<TeamDetails & { readonly portal_id: string }>('created the team [{name}]', {
    portal_id: 'public',
    ...details,
  }),
  /** Only what changed. */
  'team.edited.v1': event<Partial<TeamDetails>>('edited the team', details),
  'team.deleted.v1': event<{ reason: string | null }>('deleted the team', { reason: 'public' }),
  'team.role-assigned.v1': event<RoleData>('gave the team the role {role_name} for product [{product_id}]', role),
  'team.role-removed.v1': event<RoleData>('took the role {role_name} for product [{product_id}] from the team', role),
};

export type TeamEvent = EventOf<typeof teamEvents>;
