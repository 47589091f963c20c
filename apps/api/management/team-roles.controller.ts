import { Controller, Inject } from '@nestjs/common';
import { RoleFields } from '#domain/team/commands.js';
import { ENTITY_TYPES, ROLES, roleResource } from '#domain/team/roles.js';
import { Ctx, type Context } from '../http/context.js';
import { listParameters, page, parseList } from '../http/lists.js';
import { pageOf } from '../http/openapi.js';
import { Operation, ref } from '../http/operation.js';
import { Sender } from '../http/sender.js';
import { SERVICES, type Services } from '../services.js';
import { findTeam } from './team-lookup.js';

const access = { role: 'admin' } as const;
const tag = 'Portal team roles';
const all = '/v2/portals/{portalId}/teams/{teamId}/assigned-roles';

@Controller()
export class TeamRolesController {
  constructor(
    @Inject(SERVICES) private readonly services: Services,
    @Inject(Sender) private readonly sender: Sender,
  ) {}

  @Operation({
    id: 'list-portal-roles',
    method: 'GET',
    path: '/v2/portal-roles',
    tag,
    summary: 'The roles that a team can have',
    access,
    responses: { 200: { description: 'The roles.', schema: ref('AdminRoles') } },
    errors: [401, 403],
  })
  roles() {
    return { services: { name: ENTITY_TYPES[0], roles: ROLES } };
  }

  @Operation({
    id: 'list-portal-team-roles',
    method: 'GET',
    path: all,
    tag,
    summary: 'List the roles of a team',
    access,
    query: listParameters(),
    responses: { 200: { description: 'Roles, oldest first.', schema: pageOf(ref('AdminAssignedRole')) } },
    errors: [400, 401, 403, 404],
  })
  async list(@Ctx() context: Context) {
    const query = parseList(context.query);
    const { roles } = (await findTeam(this.services, context.params)).state;
    const skip = (query.number - 1) * query.size;
    return page(roles.slice(skip, skip + query.size).map(roleResource), query, roles.length);
  }

  @Operation({
    id: 'assign-role-to-portal-teams',
    method: 'POST',
    path: all,
    tag,
    summary: 'Give a team a role for a product',
    description:
      'API Viewer: the product is in the catalogue. API Consumer: applications may be registered for it as well. ' +
      'entity_id names the product, which need not be published yet; * stands for every product. ' +
      'The region is kept and means nothing here.',
    access,
    body: { class: RoleFields },
    responses: { 201: { description: 'The assigned role.', schema: ref('AdminAssignedRole') } },
    errors: [400, 401, 403, 404, 409],
  })
  async assign(@Ctx() context: Context) {
    const { id: team_id } = await findTeam(this.services, context.params);
    return (await this.sender.send(context, 'AssignTeamRole', { ...context.body, team_id })).result;
  }

  @Operation({
    id: 'remove-role-from-portal-team',
    method: 'DELETE',
    path: `${all}/{roleId}`,
    tag,
    summary: 'Take a role from a team',
    description: 'Registrations that its members have made with it stay.',
    access,
    responses: { 204: { description: 'Taken.' } },
    errors: [401, 403, 404],
  })
  async remove(@Ctx() context: Context): Promise<void> {
    const { id: team_id } = await findTeam(this.services, context.params);
    await this.sender.send(context, 'RemoveTeamRole', { team_id, role_id: context.params['roleId']! });
  }
}
