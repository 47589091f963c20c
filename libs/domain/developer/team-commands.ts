import { Id, Reason, Strings } from '../core/validation.js';

export class AddDeveloperToTeam {
  @Id() developer_id!: string;
  @Id() team_id!: string;
  @Reason() reason?: string | null;
}

export class RemoveDeveloperFromTeam {
  @Id() developer_id!: string;
  @Id() team_id!: string;
  @Reason() reason?: string | null;
}

/** The groups that an identity provider says the developer is in; all of them. */
export class SetTeamsFromGroups {
  @Id() developer_id!: string;
  @Strings(1000, 255) groups!: string[];
}
