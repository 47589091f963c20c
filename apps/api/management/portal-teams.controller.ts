import { Controller, Inject } from '@nestjs/common';
import { TeamChanges, TeamFields } from '#domain/team/commands.js';
import { teamResource, type TeamState } from '#domain/team/state.js';
import type { Doc } from '#read-models/port.js';
import { Ctx, type Context } from '../http/context.js';
import { listParameters, page, parseList, viewQuery } from '../http/lists.js';
import { pageOf } from '../http/openapi.js';
import { Operation, ref } from '../http/operation.js';
import { Sender } from '../http/sender.js';
import { SERVICES, type Services } from '../services.js';
import { BY_NAME, TEAMS } from './portal-lists.js';
import { findPortal } from './portal-lookup.js';
import { findTeam } from './team-lookup.js';

const access = { role: 'admin' } as const;
const tag = 'Portal teams';
const all = '/v2/portals/{portalId}/teams';
const one = `${all}/{teamId}`;
const response = { description: 'The team.', schema: ref('AdminTeam') };

/** Teams of developers: what their members may do is in their roles. */
@Controller()
export class PortalTeamsController {
  constructor(
    @Inject(SERVICES) private readonly services: Services,
    @Inject(Sender) private readonly sender: Sender,
  ) {}

  @Operation({
    id: 'list-portal-teams',
    method: 'GET',
    path: all,
    tag,
    summary: 'List the teams of a portal',
    access,
    query: listParameters(TEAMS),
    responses: { 200: { description: 'Teams, by name.', schema: pageOf(ref('AdminTeam')) } },
    errors: [400, 401, 403, 404],
  })
  async list(@Ctx() context: Context) {
    const query = parseList(context.query, TEAMS);
    const { id } = await findPortal(this.services, context.params['portalId']!);
    const own = [{ field: 'portal_id', op: 'eq', value: id }] as const;
    const { docs, total } = await this.services.reads.list('teams', viewQuery(query, own, BY_NAME));
    const teams = docs as readonly (Doc & TeamState)[];
    return page(
      teams.map((team) => teamResource(team.id, team)),
      query,
      total,
    );
  }

  @Operation({
    id: 'create-portal-team',
    method: 'POST',
    path: all,
    tag,
    summary: 'Create a team',
    description: 'Its name is unique on the portal. It has no members and no roles at first.',
    access,
    body: { class: TeamFields },
    responses: { 201: response },
    errors: [400, 401, 403, 404, 409],
  })
  async create(@Ctx() context: Context) {
    const { id: portal_id } = await findPortal(this.services, context.params['portalId']!);
    return (await this.sender.send(context, 'CreateTeam', { ...context.body, portal_id })).result;
  }

  @Operation({
    id: 'get-portal-team',
    method: 'GET',
    path: one,
    tag,
    summary: 'Read a team',
    access,
    responses: { 200: response },
    errors: [401, 403, 404],
  })
  async get(@Ctx() context: Context) {
    const { id, state, revision } = await findTeam(this.services, context.params);
    context.revision = revision;
    return teamResource(id, state);
  }

  @Operation({
    id: 'update-portal-team',
    method: 'PATCH',
    path: one,
    tag,
    summary: 'Change a team',
    access,
    body: { class: TeamChanges },
    responses: { 200: response },
    errors: [400, 401, 403, 404, 409],
  })
  async update(@Ctx() context: Context) {
    const { id: team_id } = await findTeam(this.services, context.params);
    return (await this.sender.send(context, 'EditTeam', { ...context.body, team_id })).result;
  }

  @Operation({
    id: 'delete-portal-team',
    method: 'DELETE',
    path: one,
    tag,
    summary: 'Delete a team',
    description: 'With its roles. Its members stay, without what they had through it; what they registered for stays.',
    access,
    responses: { 204: { description: 'Deleted.' } },
    errors: [401, 403, 404],
  })
  async delete(@Ctx() context: Context): Promise<void> {
    const { id: team_id } = await findTeam(this.services, context.params);
    await this.sender.send(context, 'DeleteTeam', { team_id });
  }
}
