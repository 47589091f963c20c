import { entry } from '../core/command.js';
import type { CommandEntry } from '../core/command.js';
import * as commands from './commands.js';
import * as decide from './decide.js';
import { ALL_PRODUCTS } from './roles.js';
import type { TeamState } from './state.js';

const ofTeam = {
  aggregate: 'team',
  expects: 'existing',
  id: 'team_id',
  permission: ['admin', 'integration'],
} as const;

/** The consequences of other decisions (a deleted portal, a deleted product) take away as well. */
const alsoBySystem = ['admin', 'integration', 'system'] as const;

export const teamEntries: Record<string, CommandEntry> = {
  CreateTeam: entry<commands.CreateTeam, TeamState>({
    command: commands.CreateTeam,
    does: 'Creates a team of developers on a portal, without members and roles.',
    aggregate: 'team',
    expects: 'new',
    permission: ['admin', 'integration'],
    reads: (command) => ({ portal: { stream: 'portal', id: command.portal_id } }),
    decide: decide.createTeam,
    causes: ['team.created.v1'],
  }),
  EditTeam: entry<commands.EditTeam, TeamState>({
    ...ofTeam,
    command: commands.EditTeam,
    does: 'Changes the name or the description of a team.',
    decide: decide.editTeam,
    causes: ['team.edited.v1'],
  }),
  DeleteTeam: entry<commands.DeleteTeam, TeamState>({
    ...ofTeam,
    command: commands.DeleteTeam,
    does: 'Deletes a team with its roles; its members stay, without what they had through it.',
    permission: alsoBySystem,
    decide: decide.deleteTeam,
    causes: ['team.deleted.v1'],
  }),
  AssignTeamRole: entry<commands.AssignTeamRole, TeamState>({
    ...ofTeam,
    command: commands.AssignTeamRole,
    does: 'Lets the members of a team view a product, or register applications for it, where the portal asks for roles.',
    reads: ({ entity_id: id }) => ({ product: id === ALL_PRODUCTS ? undefined : { stream: 'product', id } }),
    decide: decide.assignTeamRole,
    onConflict: 'retry',
    causes: ['team.role-assigned.v1'],
  }),
  RemoveTeamRole: entry<commands.RemoveTeamRole, TeamState>({
    ...ofTeam,
    command: commands.RemoveTeamRole,
    does: 'Takes a role from a team; registrations that exist stay.',
    permission: alsoBySystem,
    decide: decide.removeTeamRole,
    onConflict: 'retry',
    causes: ['team.role-removed.v1'],
  }),
};
