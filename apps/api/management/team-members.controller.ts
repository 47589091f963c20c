import { Controller, Inject } from '@nestjs/common';
import type { DeveloperState } from '#domain/developer/state.js';
import { teamIdsOf } from '#domain/team/access.js';
import { teamResource, type TeamState } from '#domain/team/state.js';
import { Ctx, type Context } from '../http/context.js';
import { listParameters, page, parseList } from '../http/lists.js';
import { listInMemory } from '../http/lists-in-memory.js';
import { pageOf } from '../http/openapi.js';
import { Operation, ref } from '../http/operation.js';
import { Sender } from '../http/sender.js';
import { SERVICES, type Services } from '../services.js';
import { foldText } from '#read-models/fold-text.js';
import { BY_NAME, TEAM_MEMBERS } from './portal-lists.js';
import { findDeveloper } from './portal-lookup.js';
import { TeamMember } from './team-bodies.js';
import { findTeam } from './team-lookup.js';
import { membersOf, renderMember } from './team-members.js';

const access = { role: 'admin' } as const;
const tag = 'Portal team membership';
const members = '/v2/portals/{portalId}/teams/{teamId}/developers';

@Controller()
export class TeamMembersController {
  constructor(
    @Inject(SERVICES) private readonly services: Services,
    @Inject(Sender) private readonly sender: Sender,
  ) {}

  @Operation({
    id: 'list-portal-team-developers',
    method: 'GET',
    path: members,
    tag,
    summary: 'List the developers of a team',
    description:
      'Names and addresses are stored encrypted: a filter opens those of up to 10,000 members; beyond that it is refused.',
    access,
    query: listParameters(TEAM_MEMBERS),
    responses: { 200: { description: 'In the order of joining.', schema: pageOf(ref('AdminTeamMember')) } },
    errors: [400, 401, 403, 404],
  })
  async list(@Ctx() context: Context) {
    const query = parseList(context.query, TEAM_MEMBERS);
    const team = await findTeam(this.services, context.params);
    const { developers, total } = await membersOf(this.services, team.id, team.state.portal_id, query);
    return page(developers.map(renderMember), query, total);
  }

  @Operation({
    id: 'add-developer-to-portal-team',
    method: 'POST',
    path: members,
    tag,
    summary: 'Put a developer into a team',
    access,
    body: { class: TeamMember },
    responses: { 201: { description: 'Done.' } },
    errors: [400, 401, 403, 404, 409],
  })
  async add(@Ctx() context: Context): Promise<void> {
    const { id: team_id, state } = await findTeam(this.services, context.params);
    const { id } = await findDeveloper(this.services, state.portal_id, String(context.body['id']));
    await this.sender.send(context, 'AddDeveloperToTeam', { developer_id: id, team_id });
  }

  @Operation({
    id: 'remove-developer-from-portal-team',
    method: 'DELETE',
    path: `${members}/{developerId}`,
    tag,
    summary: 'Take a developer out of a team',
    description: 'Registrations that the developer has made stay.',
    access,
    responses: { 204: { description: 'Done.' } },
    errors: [401, 403, 404],
  })
  async remove(@Ctx() context: Context): Promise<void> {
    const { id: team_id, state } = await findTeam(this.services, context.params);
    const { id } = await findDeveloper(this.services, state.portal_id, context.params['developerId']!);
    await this.sender.send(context, 'RemoveDeveloperFromTeam', { developer_id: id, team_id });
  }

  @Operation({
    id: 'list-portal-developer-teams',
    method: 'GET',
    path: '/v2/portals/{portalId}/developers/{developerId}/teams',
    tag,
    summary: 'List the teams of a developer',
    access,
    query: listParameters(),
    responses: { 200: { description: 'Teams, by name.', schema: pageOf(ref('AdminTeam')) } },
    errors: [400, 401, 403, 404],
  })
  async teams(@Ctx() context: Context) {
    const query = parseList(context.query);
    const { params } = context;
    const { state } = await findDeveloper(this.services, params['portalId']!, params['developerId']!);
    const teams = await this.teamsOf(state);
    const { docs, total } = listInMemory(teams, query, BY_NAME);
    return page(
      docs.map((team) => teamResource(team.id, team)),
      query,
      total,
    );
  }

  /** Those that exist. */
  private async teamsOf(developer: DeveloperState) {
    const known = await this.services.cache.loadMany<TeamState>('team', teamIdsOf(developer));
    return Array.from(known, ([id, state]) => ({ ...state, id, name_folded: foldText(state.name) })).filter(
      ({ exists }) => exists,
    );
  }
}
