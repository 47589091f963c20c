/** Which teams a developer is in: given by hand, or by the groups of an identity provider. */
import type { Decide, Facts, NewEvent } from '../core/decider.js';
import { streamFact } from '../core/facts.js';
import { refuse } from '../core/refusal.js';
import { teamsOfGroups } from '../portal/team-groups.js';
import type { PortalState } from '../portal/state.js';
import type { TeamState } from '../team/state.js';
import { decided, onExisting } from './decide.js';
import type { DeveloperEvent } from './events.js';
import type { AddDeveloperToTeam, RemoveDeveloperFromTeam, SetTeamsFromGroups } from './team-commands.js';
import type { DeveloperState } from './state.js';

type Event = NewEvent<DeveloperEvent>;

export const teamFact = (id: string): string => `team:${id}`;

/** Whether it is there, on the developer's portal. */
const isTeam = (facts: Facts, name: string, portalId: string): boolean => {
  const team = streamFact<TeamState>(facts, name)?.state;
  return team?.exists === true && team.portal_id === portalId;
};

const portalOf = (facts: Facts) => streamFact<PortalState>(facts, 'portal')?.state;
const membershipOf = (state: DeveloperState, teamId: string) => state.teams.find(({ team_id }) => team_id === teamId);

/** A reason is personal: it is sealed for the developer. Without one, there is nothing to seal. */
const sealedFor = (id: string, reason: string | null) => (reason === null ? {} : { subject: id });

export const addToTeam = onExisting<AddDeveloperToTeam>((state, command, facts, env) => {
  const { developer_id, team_id, reason = null } = command;
  if (!isTeam(facts, 'team', state.portal_id)) return refuse('team_not_found', { id: team_id });
  if (portalOf(facts)?.konnect_mapping_enabled === false) return refuse('teams_from_groups_only');
  if (membershipOf(state, team_id)) return refuse('developer_in_team', { team_id });
  const added: Event = {
    type: 'developer.added-to-team.v1',
    data: { team_id, source: 'manual', reason },
    ...sealedFor(developer_id, reason),
  };
  return decided(developer_id, state, [added], env);
});

/** Also out of a team that the groups gave: the next sign-in gives it again if they still say so. */
export const removeFromTeam = onExisting<RemoveDeveloperFromTeam>((state, command, _facts, env) => {
  const { developer_id, team_id, reason = null } = command;
  const membership = membershipOf(state, team_id);
  if (!membership) return refuse('developer_not_in_team', { team_id });
  const removed: Event = {
    type: 'developer.removed-from-team.v1',
    data: { team_id, source: membership.source, reason },
    ...sealedFor(developer_id, reason),
  };
  return decided(developer_id, state, [removed], env);
});

/** The teams that the portal maps these groups to. None where the portal does not go by groups. */
export const mappedTeams = (portal: PortalState | undefined, groups: readonly string[]): readonly string[] =>
  portal?.exists && portal.idp_mapping_enabled ? teamsOfGroups(portal.team_groups, groups) : [];

/**
 * Makes the memberships that come from groups exactly those that the portal's mappings give; what was given by hand stays,
 * and is not given twice. A portal that does not go by groups leaves everything as it is.
 */
export const setTeamsFromGroups: Decide<SetTeamsFromGroups, DeveloperState> = onExisting<SetTeamsFromGroups>(
  (state, command, facts, env) => {
    const portal = portalOf(facts);
    if (!portal?.idp_mapping_enabled) return decided(command.developer_id, state, [], env);
    const mapped = mappedTeams(portal, command.groups).filter((id) => isTeam(facts, teamFact(id), state.portal_id));
    const event = (type: Event['type'] & `developer.${string}-team.v1`, team_id: string): Event => ({
      type,
      data: { team_id, source: 'groups', reason: null },
    });
    const lost = state.teams.filter(({ team_id, source }) => source === 'groups' && !mapped.includes(team_id));
    const gained = mapped.filter((id) => !membershipOf(state, id));
    const events = [
      ...lost.map(({ team_id }) => event('developer.removed-from-team.v1', team_id)),
      ...gained.map((id) => event('developer.added-to-team.v1', id)),
    ];
    return decided(command.developer_id, state, events, env);
  },
);
