import type { DeveloperEvent } from '#domain/developer/events.js';
import type { View } from '../port.js';
import { allWhere, byId, insert, remove, rulesFor } from '../rules.js';

/** The id of a developer's membership in a team. */
export const membershipId = (teamId: string, developerId: string): string => `${teamId}:${developerId}`;

const named = ({ entityId, data }: { readonly entityId: string; readonly data: { readonly team_id: string } }) =>
  membershipId(data.team_id, entityId);

/** One document per developer and team. Those of a deleted team stay until the cascade takes the developer out of it. */
export const memberships: View = {
  name: 'memberships',
  version: 1,
  indexes: [['team_id', 'since'], ['developer_id']],
  rules: rulesFor<DeveloperEvent>({
    'developer.added-to-team.v1': insert(
      (event) => ({
        id: named(event),
        team_id: event.data.team_id,
        developer_id: event.entityId,
        source: event.data.source,
        since: event.at,
      }),
      byId(named),
    ),
    'developer.removed-from-team.v1': remove(byId(named)),
    'developer.removed.v1': remove(allWhere('developer_id', ({ entityId }) => entityId)),
  }),
};
