import { folded, type Claim } from '../core/claims.js';
import { changedFields } from '../core/changes.js';
import type { Decide, Decision, Env, NewEvent } from '../core/decider.js';
import { streamFact } from '../core/facts.js';
import { after } from '../core/fold.js';
import { refuse } from '../core/refusal.js';
import type { PortalState } from '../portal/state.js';
import type { ProductState } from '../product/state.js';
import type { AssignTeamRole, CreateTeam, DeleteTeam, EditTeam, RemoveTeamRole } from './commands.js';
import type { TeamEvent } from './events.js';
import { ALL_PRODUCTS, roleResource, type Role } from './roles.js';
import { team, teamResource, type TeamState } from './state.js';

type Event = NewEvent<TeamEvent>;

/** So that the state that every request of a member reads stays small. */
export const MAX_ROLES = 1000;

/** Unique per portal, trimmed and case-folded. */
export const teamNameClaim = (portalId: string, name: string): Claim => ({
  kind: 'team-name',
  scope: portalId,
  value: folded(name),
});

const decided = (id: string, state: TeamState, events: readonly Event[], env: Env): Decision => ({
  events,
  result: teamResource(id, after(team, state, events, env.now)),
});

/** Decides only about a team that is there. */
const onExisting =
  <C extends { readonly team_id: string }>(decide: Decide<C, TeamState>): Decide<C, TeamState> =>
  (state, command, facts, env) =>
    state.exists ? decide(state, command, facts, env) : refuse('team_not_found', { id: command.team_id });

export const createTeam: Decide<CreateTeam, TeamState> = (state, command, facts, env) => {
  const { portal_id } = command;
  if (!streamFact<PortalState>(facts, 'portal')?.state.exists) return refuse('portal_not_found', { id: portal_id });
  const name = command.name.trim();
  const created: Event = {
    type: 'team.created.v1',
    data: { portal_id, name, description: command.description ?? null },
    take: [teamNameClaim(portal_id, name)],
  };
  return decided(env.id('team'), state, [created], env);
};

export const editTeam = onExisting<EditTeam>((state, command, _facts, env) => {
  const { description } = command;
  const data = changedFields(state, { name: command.name?.trim(), description });
  if (Object.keys(data).length === 0) return decided(command.team_id, state, [], env);
  const [now, next] = [state.name, data.name ?? state.name].map((name) => teamNameClaim(state.portal_id, name));
  const claims = now!.value === next!.value ? {} : { take: [next!], drop: [now!] };
  return decided(command.team_id, state, [{ type: 'team.edited.v1', data: data as object, ...claims }], env);
});

/** Its members stay, and lose what they had through it. */
export const deleteTeam = onExisting<DeleteTeam>((_state, command) => ({
  events: [{ type: 'team.deleted.v1', data: { reason: command.reason ?? null }, drop: 'all' }],
  result: { id: command.team_id },
}));

const sameRole = (a: Omit<Role, 'id'>, b: Omit<Role, 'id'>): boolean =>
  a.role_name === b.role_name && a.product_id === b.product_id && a.entity_region === b.entity_region;

/** The product need not be on the portal yet: a role may be given before the product is published. */
export const assignTeamRole = onExisting<AssignTeamRole>((state, command, facts, env) => {
  const { role_name, entity_id: product_id, entity_region } = command;
  if (product_id !== ALL_PRODUCTS && !streamFact<ProductState>(facts, 'product')?.state.exists) {
    return refuse('role_product_unknown', { id: product_id });
  }
  const role = { role_name, product_id, entity_region };
  const present = state.roles.find((one) => sameRole(one, role));
  if (present) return refuse('role_assigned', { role_name, entity_id: product_id, id: present.id });
  if (state.roles.length >= MAX_ROLES) return refuse('role_limit', { limit: MAX_ROLES });
  const role_id = env.id('role');
  return {
    events: [{ type: 'team.role-assigned.v1', data: { role_id, ...role } }],
    result: roleResource({ id: role_id, ...role }),
  };
});

/** What its members have registered for with it stays registered. */
export const removeTeamRole = onExisting<RemoveTeamRole>((state, command) => {
  const role = state.roles.find(({ id }) => id === command.role_id);
  if (!role) return refuse('role_not_found', { id: command.role_id });
  const { id: role_id, ...data } = role;
  return { events: [{ type: 'team.role-removed.v1', data: { role_id, ...data } }], result: { id: role_id } };
});
