import { Controller, Inject } from '@nestjs/common';
import { statusNotPossible } from '#domain/developer/status.js';
import type { DeveloperState } from '#domain/developer/state.js';
import type { Condition } from '#read-models/port.js';
import { Ctx, type Context } from '../http/context.js';
import { listInMemory } from '../http/lists-in-memory.js';
import { listParameters, page, parseList, viewQuery, type ListQuery } from '../http/lists.js';
import { pageOf } from '../http/openapi.js';
import { Operation, ref } from '../http/operation.js';
import { Sender } from '../http/sender.js';
import { SERVICES, type Services } from '../services.js';
import { byEmailClaim, developersWhere, isPersonal, openDevelopers, type OpenedDeveloper } from './people.js';
import { StatusChange, type Status } from './portal-bodies.js';
import { DEVELOPERS, NEWEST_FIRST } from './portal-lists.js';
import { findDeveloper, findPortal, leaveAsItIs } from './portal-lookup.js';
import { renderDeveloper } from './render-portals.js';

const access = { role: 'admin' } as const;
const tag = 'Portal developers';
const one = '/v2/portals/{portalId}/developers/{developerId}';
const response = { description: 'The developer.', schema: ref('AdminDeveloper') };

/** The command that gives a developer a status; none makes one pending again. */
const COMMANDS: Readonly<Record<Exclude<Status, 'pending'>, string>> = {
  approved: 'ApproveDeveloper',
  rejected: 'RejectDeveloper',
  revoked: 'RevokeDeveloper',
};

@Controller()
export class PortalDevelopersController {
  constructor(
    @Inject(SERVICES) private readonly services: Services,
    @Inject(Sender) private readonly sender: Sender,
  ) {}

  @Operation({
    id: 'list-portal-developers',
    method: 'GET',
    path: '/v2/portals/{portalId}/developers',
    tag,
    summary: 'List the developers of a portal',
    description:
      'Names and addresses are stored encrypted. A filter on name or on part of an address, or a sort by either, opens those of up to 10,000 developers (after filter[status] and exact filter[email]); beyond that it is refused.',
    access,
    query: listParameters(DEVELOPERS),
    responses: { 200: { description: 'Newest first unless sorted otherwise.', schema: pageOf(ref('AdminDeveloper')) } },
    errors: [400, 401, 403, 404],
  })
  async list(@Ctx() context: Context) {
    const parsed = parseList(context.query, DEVELOPERS);
    const { id: portalId } = await findPortal(this.services, context.params['portalId']!);
    const query = { ...parsed, where: parsed.where.map(byEmailClaim(this.services.keyring, portalId)) };
    const { developers, total } = await this.select(portalId, query);
    const data = await Promise.all(
      developers.map(async (developer) => renderDeveloper(developer, await this.applicationCount(developer.id))),
    );
    return page(data, query, total);
  }

  @Operation({
    id: 'get-developer',
    method: 'GET',
    path: one,
    tag,
    summary: 'Read a developer',
    access,
    responses: { 200: response },
    errors: [401, 403, 404],
  })
  get(@Ctx() context: Context) {
    return this.shown(context);
  }

  @Operation({
    id: 'update-developer',
    method: 'PATCH',
    path: one,
    tag,
    summary: 'Decide on a developer',
    description:
      'pending to approved or rejected; approved to revoked; revoked or rejected to approved. The same status again changes nothing.',
    access,
    body: { class: StatusChange },
    responses: { 200: response },
    errors: [400, 401, 403, 404, 409],
  })
  async update(@Ctx() context: Context) {
    const { status } = context.body as unknown as StatusChange;
    const developer = await this.found(context);
    const unchanged = status === undefined || (status === 'pending' && developer.state.status === 'pending');
    if (unchanged) leaveAsItIs(context, this.sender, developer.revision);
    else if (status === 'pending') {
      throw this.sender.problem(context, statusNotPossible(developer.state.status, 'pending'));
    } else await this.sender.send(context, COMMANDS[status], { developer_id: developer.id });
    return this.shown(context);
  }

  @Operation({
    id: 'delete-developer',
    method: 'DELETE',
    path: one,
    tag,
    summary: 'Remove a developer',
    description: 'With all applications and their keys. The person is forgotten; the address may sign up again.',
    access,
    responses: { 204: { description: 'Removed.' } },
    errors: [401, 403, 404],
  })
  async delete(@Ctx() context: Context): Promise<void> {
    const { id } = await this.found(context);
    await this.sender.send(context, 'RemoveDeveloper', { developer_id: id });
  }

  /** From the view; in memory where names or addresses in plain decide. */
  private async select(portalId: string, query: ListQuery) {
    const { reads, keyring } = this.services;
    if ([...query.where, ...(query.sort ?? [])].some(isPersonal)) {
      const found = await developersWhere(this.services, portalId, query.where);
      const { docs, total } = listInMemory<OpenedDeveloper>(found, { ...query, where: [] }, NEWEST_FIRST);
      return { developers: docs, total };
    }
    const own: Condition[] = [{ field: 'portal_id', op: 'eq', value: portalId }];
    const { docs, total } = await reads.list('developers', viewQuery(query, own, NEWEST_FIRST));
    const developers = docs as unknown as readonly (DeveloperState & { id: string })[];
    return { developers: await openDevelopers(keyring, developers), total };
  }

  private found(context: Context) {
    return findDeveloper(this.services, context.params['portalId']!, context.params['developerId']!);
  }

  private async shown(context: Context) {
    const { id, state, revision } = await this.found(context);
    context.revision = revision;
    const [developer] = await openDevelopers(this.services.keyring, [{ ...state, id }]);
    return renderDeveloper(developer!, await this.applicationCount(id));
  }

  private applicationCount(id: string): Promise<number> {
    return this.services.reads.count('applications', [{ field: 'developer_id', op: 'eq', value: id }]);
  }
}
