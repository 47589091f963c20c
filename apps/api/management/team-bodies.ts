import { Id, NestedList } from '#domain/core/validation.js';
import { TeamGroups } from '#domain/portal/team-group-commands.js';

export class TeamMember {
  @Id() id!: string;
}

/** The list given for a team replaces its groups. */
export class TeamGroupMappings {
  @NestedList(TeamGroups, 100) data!: TeamGroups[];
}
