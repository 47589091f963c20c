import type { Decide, Facts, NewEvent } from '../core/decider.js';
import { entry } from '../core/command.js';
import type { CommandEntry } from '../core/command.js';
import { sameJson } from '../core/changes.js';
import { streamFact } from '../core/facts.js';
import { refuse } from '../core/refusal.js';
import type { TeamState } from '../team/state.js';
import type { PortalEvent } from './events.js';
import { MapGroupsToTeams } from './team-group-commands.js';
import { mappingsAfter } from './team-groups.js';
import type { PortalState } from './state.js';

/** A portal may map so many teams: every sign-in looks through them. */
const MAX_MAPPED = 1000;

const teamFact = (id: string): string => `team:${id}`;

const isTeam = (facts: Facts, id: string, portalId: string): boolean => {
  const team = streamFact<TeamState>(facts, teamFact(id))?.state;
  return team?.exists === true && team.portal_id === portalId;
};

const mapGroupsToTeams: Decide<MapGroupsToTeams, PortalState> = (state, command, facts) => {
  const { portal_id, mappings } = command;
  if (!state.exists) return refuse('portal_not_found', { id: portal_id });
  // A mapping may always be taken away: of a team that is gone, and when there is no provider any more.
  const adding = mappings.some(({ groups }) => groups.length > 0);
  if (adding && state.identity_providers.length === 0) return refuse('no_identity_provider');
  const unknown = mappings.find(({ team_id, groups }) => groups.length > 0 && !isTeam(facts, team_id, portal_id));
  if (unknown) return refuse('mapped_team_unknown', { id: unknown.team_id });
  const before = new Map(state.team_groups.map(({ team_id, groups }) => [team_id, groups]));
  const wanted = new Map(mappings.map(({ team_id, groups }) => [team_id, groups]));
  const changed = [...wanted]
    .filter(([id, groups]) => !sameJson(groups, before.get(id) ?? []))
    .map(([team_id, groups]) => ({ team_id, groups }));
  const team_groups = mappingsAfter(state.team_groups, changed);
  if (team_groups.length > MAX_MAPPED) return refuse('mapping_limit', { limit: MAX_MAPPED });
  const mapped: NewEvent<PortalEvent> = { type: 'portal.team-groups-mapped.v1', data: { mappings: changed } };
  return { events: changed.length > 0 ? [mapped] : [], result: { mappings: team_groups } };
};

export const teamGroupEntries: Record<string, CommandEntry> = {
  MapGroupsToTeams: entry<MapGroupsToTeams, PortalState>({
    aggregate: 'portal',
    expects: 'existing',
    id: 'portal_id',
    command: MapGroupsToTeams,
    does: "Says which groups of the portal's identity provider lead to which teams; it applies at the next sign-in.",
    permission: ['admin', 'integration', 'system'],
    reads: ({ mappings }) =>
      Object.fromEntries(mappings.map(({ team_id: id }) => [teamFact(id), { stream: 'team', id }])),
    decide: mapGroupsToTeams,
    causes: ['portal.team-groups-mapped.v1'],
  }),
};
