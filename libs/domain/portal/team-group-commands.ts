import { Id, NestedList, Strings } from '../core/validation.js';

export class TeamGroups {
  @Id() team_id!: string;
  /** The names of groups, as the provider spells them; none: the mapping goes. */
  @Strings(100, 255) groups!: string[];
}

/** What is given for a team replaces what it had; of teams not named the mappings stay. */
export class MapGroupsToTeams {
  @Id() portal_id!: string;
  @NestedList(TeamGroups, 100) mappings!: TeamGroups[];
}
