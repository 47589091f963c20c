import type { TeamEvent } from '#domain/team/events.js';
import type { View } from '../port.js';
import { allWhere, byId, insert, remove, rulesFor } from '../rules.js';

const named = byId<{ readonly role_id: string }>(({ data }) => data.role_id);

/** One document per role that a team has for a product (`*`: for all). Whose the teams are, each event's metadata says. */
export const roles: View = {
  name: 'roles',
  version: 1,
  indexes: [['team_id'], ['product_id'], ['portal_id']],
  rules: rulesFor<TeamEvent>({
    'team.role-assigned.v1': insert(({ entityId, data, metadata }) => {
      const { role_id: id, role_name, product_id } = data;
      return { id, team_id: entityId, portal_id: metadata['portal'] ?? null, role_name, product_id };
    }, named),
    'team.role-removed.v1': remove(named),
    'team.deleted.v1': remove(allWhere('team_id', ({ entityId }) => entityId)),
  }),
};
