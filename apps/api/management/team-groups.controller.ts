import { Controller, Inject } from '@nestjs/common';
import type { PortalState } from '#domain/portal/state.js';
import type { TeamState } from '#domain/team/state.js';
import { refuse } from '#domain/core/refusal.js';
import { Ctx, type Context } from '../http/context.js';
import { listParameters, page, parseList, type ListQuery } from '../http/lists.js';
import { pageOf } from '../http/openapi.js';
import { Operation, ref } from '../http/operation.js';
import { refusalProblem } from '../http/problem.js';
import { Sender } from '../http/sender.js';
import { SERVICES, type Services } from '../services.js';
import { findPortal } from './portal-lookup.js';
import { TeamGroupMappings } from './team-bodies.js';

const access = { role: 'admin' } as const;
const tag = 'Portal auth settings';
const path = '/v2/portals/{portalId}/identity-provider/team-group-mappings';
const schema = pageOf(ref('AdminTeamGroups'));

/** An answer to a change shows so many mappings; lists have pages. */
const FIRST_PAGE: ListQuery = { number: 1, size: 100, where: [] };

/** Which groups of the identity provider lead to which teams. */
@Controller()
export class TeamGroupsController {
  constructor(
    @Inject(SERVICES) private readonly services: Services,
    @Inject(Sender) private readonly sender: Sender,
  ) {}

  @Operation({
    id: 'list-portal-team-group-mappings',
    method: 'GET',
    path,
    tag,
    summary: 'List which groups lead to which teams',
    description: 'A 400 while the portal has no identity provider.',
    access,
    query: listParameters(),
    responses: { 200: { description: 'Teams that groups lead to.', schema } },
    errors: [400, 401, 403, 404],
  })
  async list(@Ctx() context: Context) {
    const query = parseList(context.query);
    return this.shown(context, query);
  }

  @Operation({
    id: 'update-portal-team-group-mappings',
    method: 'PATCH',
    path,
    tag,
    summary: 'Say which groups lead to which teams',
    description:
      "What is given for a team replaces its groups, an empty list takes them away, other teams keep theirs. A developer's teams follow at the next sign-in, where idp_mapping_enabled is set.",
    access,
    body: { class: TeamGroupMappings },
    responses: { 200: { description: 'The first 100 mappings as they are now.', schema } },
    errors: [400, 401, 403, 404],
  })
  async update(@Ctx() context: Context) {
    const { id: portal_id } = await this.found(context);
    await this.sender.send(context, 'MapGroupsToTeams', { portal_id, mappings: context.body['data'] });
    return this.shown(context, FIRST_PAGE);
  }

  /** @throws Problem 400 if there is no identity provider that could have groups */
  private async found(context: Context) {
    const portal = await findPortal(this.services, context.params['portalId']!);
    if (portal.state.identity_providers.length === 0) throw refusalProblem(refuse('no_identity_provider'));
    return portal;
  }

  private async shown(context: Context, query: ListQuery) {
    const { state, revision } = await this.found(context);
    context.revision = revision;
    const mappings = await this.existing(state);
    const skip = (query.number - 1) * query.size;
    return page(mappings.slice(skip, skip + query.size), query, mappings.length);
  }

  /** Without those of teams that were deleted a moment ago. */
  private async existing({ team_groups }: PortalState) {
    const ids = team_groups.map(({ team_id }) => team_id);
    const teams = await this.services.cache.loadMany<TeamState>('team', ids);
    return team_groups
      .filter(({ team_id }) => teams.get(team_id)!.exists)
      .map(({ team_id, groups }) => ({ team_id, groups }));
  }
}
