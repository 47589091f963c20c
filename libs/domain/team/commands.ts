import { Id, IdOrAll, Name, OneOf, Optional, Reason, Text } from '../core/validation.js';
import { ENTITY_REGIONS, ENTITY_TYPES, ROLE_NAMES, type RoleName } from './roles.js';

export class TeamFields {
  @Name(250) name!: string;
  @Text(250) description?: string | null;
}

export class CreateTeam extends TeamFields {
  @Id() portal_id!: string;
}

export class TeamChanges {
  @Optional() @Name(250) name?: string;
  @Text(250) description?: string | null;
}

export class EditTeam extends TeamChanges {
  @Id() team_id!: string;
}

export class DeleteTeam {
  @Id() team_id!: string;
  @Reason() reason?: string | null;
}

/** The fields of the Konnect API. `entity_id`: a product, or `*` for every product, those to come included. */
export class RoleFields {
  @OneOf(ROLE_NAMES) role_name!: RoleName;
  @IdOrAll() entity_id!: string;
  @OneOf(ENTITY_TYPES) entity_type_name!: 'Services';
  @OneOf(ENTITY_REGIONS) entity_region!: string;
}

export class AssignTeamRole extends RoleFields {
  @Id() team_id!: string;
}

export class RemoveTeamRole {
  @Id() team_id!: string;
  @Id() role_id!: string;
}
