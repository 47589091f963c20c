import { ALL_PRODUCTS } from '#domain/team/roles.js';
import { CASCADES, forAll, type Cascade } from './tools.js';

/** Its members are in it no more, and no group leads to it. */
export const teamDeleted: Cascade = async (event, services, performance) => {
  const team_id = event.entityId;
  const ofTeam = [{ field: 'team_id', op: 'eq', value: team_id }] as const;
  await forAll(services, performance, 'memberships', ofTeam, ({ id, developer_id }) =>
    services.send('RemoveDeveloperFromTeam', { developer_id, team_id }, id, { reactor: CASCADES, event }),
  );
  const portal_id = event.metadata['portal'];
  if (portal_id === undefined) return;
  const { state } = await services.cache.load<PortalTeams>('portal', portal_id);
  if (!state.exists || !state.team_groups.some((mapping) => mapping.team_id === team_id)) return;
  const mappings = [{ team_id, groups: [] }];
  await services.send('MapGroupsToTeams', { portal_id, mappings }, portal_id, { reactor: CASCADES, event });
};

interface PortalTeams {
  readonly exists: boolean;
  readonly team_groups: readonly { readonly team_id: string }[];
}

/** Roles for a product that is gone. */
export const rolesOfProduct: Cascade = async (event, services, performance) => {
  const ofProduct = [{ field: 'product_id', op: 'eq', value: event.entityId }] as const;
  await forAll(services, performance, 'roles', ofProduct, ({ id, team_id }) =>
    services.send('RemoveTeamRole', { team_id, role_id: id }, id, { reactor: CASCADES, event }),
  );
};

/** The teams of a portal that is gone. */
export const teamsOfPortal: Cascade = async (event, services, performance) => {
  const ofPortal = [{ field: 'portal_id', op: 'eq', value: event.entityId }] as const;
  await forAll(services, performance, 'teams', ofPortal, ({ id }) =>
    services.send('DeleteTeam', { team_id: id }, id, { reactor: CASCADES, event }),
  );
};

/** A team that was made while its portal was being deleted. */
export const removeStrayTeam: Cascade = (event, { send }) =>
  send('DeleteTeam', { team_id: event.entityId }, event.entityId, { reactor: CASCADES, event });

/** A developer who was put into a team while it was being deleted. */
export const leaveLostTeam: Cascade = (event, { send }) => {
  const { entityId: developer_id, data } = event;
  const command = { developer_id, team_id: data['team_id'] };
  return send('RemoveDeveloperFromTeam', command, developer_id, { reactor: CASCADES, event });
};

/** A role that was given while its product was being deleted. */
export const dropLostRole: Cascade = async (event, { send }) => {
  if (event.data['product_id'] === ALL_PRODUCTS) return;
  const { entityId: team_id, data } = event;
  await send('RemoveTeamRole', { team_id, role_id: data['role_id'] }, team_id, { reactor: CASCADES, event });
};
