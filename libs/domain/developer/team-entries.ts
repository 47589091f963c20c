import { entry } from '../core/command.js';
import type { CommandEntry } from '../core/command.js';
import { streamFact } from '../core/facts.js';
import type { PortalState } from '../portal/state.js';
import { addToTeam, mappedTeams, removeFromTeam, setTeamsFromGroups, teamFact } from './decide-teams.js';
import type { DeveloperState } from './state.js';
import { AddDeveloperToTeam, RemoveDeveloperFromTeam, SetTeamsFromGroups } from './team-commands.js';

const ofDeveloper = { aggregate: 'developer', expects: 'existing', id: 'developer_id', onConflict: 'retry' } as const;

const ownPortal = (state: DeveloperState) => ({
  portal: state.exists ? ({ stream: 'portal', id: state.portal_id } as const) : undefined,
});

export const membershipEntries: Record<string, CommandEntry> = {
  AddDeveloperToTeam: entry<AddDeveloperToTeam, DeveloperState>({
    ...ofDeveloper,
    command: AddDeveloperToTeam,
    does: "Puts a developer into a team of the portal, with what the team's roles allow.",
    permission: ['admin', 'integration'],
    reads: ({ team_id: id }, state) => ({ ...ownPortal(state), team: { stream: 'team', id } }),
    decide: addToTeam,
    causes: ['developer.added-to-team.v1'],
  }),
  RemoveDeveloperFromTeam: entry<RemoveDeveloperFromTeam, DeveloperState>({
    ...ofDeveloper,
    command: RemoveDeveloperFromTeam,
    does: 'Takes a developer out of a team; registrations that exist stay.',
    permission: ['admin', 'integration', 'system'],
    decide: removeFromTeam,
    causes: ['developer.removed-from-team.v1'],
  }),
  SetTeamsFromGroups: entry<SetTeamsFromGroups, DeveloperState>({
    ...ofDeveloper,
    command: SetTeamsFromGroups,
    does: "Gives a developer exactly the teams that the portal maps an identity provider's groups to, beside those given by hand.",
    permission: ['admin', 'integration', 'system'],
    reads: ({ groups }, state, facts) => {
      const portal = streamFact<PortalState>(facts, 'portal')?.state;
      const teams = mappedTeams(portal, groups).map((id) => [teamFact(id), { stream: 'team', id }] as const);
      return { ...ownPortal(state), ...Object.fromEntries(teams) };
    },
    decide: setTeamsFromGroups,
    causes: ['developer.added-to-team.v1', 'developer.removed-from-team.v1'],
  }),
};
