import { Controller, Inject } from '@nestjs/common';
import { ChangePortalSettings, CreatePortal } from '#domain/portal/commands.js';
import type { PortalState } from '#domain/portal/state.js';
import { isRestricted } from '#domain/team/access.js';
import { Ctx, type Context } from '../http/context.js';
import { listParameters, page, parseList, viewQuery } from '../http/lists.js';
import { pageOf } from '../http/openapi.js';
import { Operation, ref } from '../http/operation.js';
import { invalid, Problem } from '../http/problem.js';
import { Sender } from '../http/sender.js';
import { SERVICES, type Services } from '../services.js';
import { BY_NAME, PORTALS } from './portal-lists.js';
import { findPortal } from './portal-lookup.js';
import { renderPortal, type PortalCounts } from './render-portals.js';

const access = { role: 'admin' } as const;
const tag = 'Portals';

const HIDDEN =
  'No team of this portal has a role, so no developer sees any product. Create teams and assign roles to them.';

const FIELDS = [
  'name',
  'display_name',
  'description',
  'is_public',
  'rbac_enabled',
  'auto_approve_applications',
  'auto_approve_developers',
  'custom_domain',
  'custom_client_domain',
  'default_application_auth_strategy_id',
  'labels',
];

@Controller()
export class PortalsController {
  constructor(
    @Inject(SERVICES) private readonly services: Services,
    @Inject(Sender) private readonly sender: Sender,
  ) {}

  @Operation({
    id: 'list-portals',
    method: 'GET',
    path: '/v2/portals',
    tag,
    summary: 'List portals',
    access,
    query: listParameters(PORTALS),
    responses: {
      200: { description: 'Portals, by name unless sorted otherwise.', schema: pageOf(ref('AdminPortal')) },
    },
    errors: [400, 401, 403],
  })
  async list(@Ctx() context: Context) {
    const query = parseList(context.query, PORTALS);
    const { docs, total } = await this.services.reads.list('portals', viewQuery(query, [], BY_NAME));
    const portals = docs as unknown as readonly (PortalState & { id: string })[];
    const data = await Promise.all(portals.map(async (portal) => renderPortal(portal, await this.counts(portal.id))));
    return page(data, query, total);
  }

  @Operation({
    id: 'create-portal',
    method: 'POST',
    path: '/v2/portals',
    tag,
    summary: 'Create a portal',
    description: 'Private, and with every decision left to administrators, unless it says otherwise.',
    access,
    body: { class: CreatePortal, fields: FIELDS },
    responses: { 201: { description: 'The portal.', schema: ref('AdminPortal') } },
    errors: [400, 401, 403, 409],
  })
  async create(@Ctx() context: Context) {
    const { result } = await this.sender.send(context, 'CreatePortal', context.body);
    return this.shown(context, (result as { id: string }).id);
  }

  @Operation({
    id: 'get-portal',
    method: 'GET',
    path: '/v2/portals/{portalId}',
    tag,
    summary: 'Read a portal',
    access,
    responses: { 200: { description: 'The portal.', schema: ref('AdminPortal') } },
    errors: [401, 403, 404],
  })
  get(@Ctx() context: Context) {
    return this.shown(context, context.params['portalId']!);
  }

  @Operation({
    id: 'update-portal',
    method: 'PATCH',
    path: '/v2/portals/{portalId}',
    tag,
    summary: 'Change settings of a portal',
    description:
      'What is pending stays pending when approval becomes automatic. ' +
      'When rbac_enabled hides the whole catalogue, since no team has a role yet, the answer says so in Gatehouse-Warning.',
    access,
    body: { class: ChangePortalSettings, fields: FIELDS },
    responses: {
      200: {
        description: 'The portal.',
        schema: ref('AdminPortal'),
        headers: { 'Gatehouse-Warning': 'Something that follows from the change and is easily overlooked.' },
      },
    },
    errors: [400, 401, 403, 404, 409],
  })
  async update(@Ctx() context: Context) {
    const portal_id = context.params['portalId']!;
    await this.sender.send(context, 'ChangePortalSettings', { ...context.body, portal_id });
    if (context.body['rbac_enabled'] === true) await this.warnIfHidden(context, portal_id);
    return this.shown(context, portal_id);
  }

  @Operation({
    id: 'delete-portal',
    method: 'DELETE',
    path: '/v2/portals/{portalId}',
    tag,
    summary: 'Delete a portal',
    description:
      'Refused while it has developers, or product versions open for registration, unless forced; then all of them go with it.',
    access,
    query: {
      force: { description: 'Delete it with everything that belongs to it.', schema: { enum: ['true', 'false'] } },
    },
    responses: { 204: { description: 'Deleted.' } },
    errors: [400, 401, 403, 404],
  })
  async delete(@Ctx() context: Context): Promise<void> {
    const force = readForce(context.query['force']);
    const command = { portal_id: context.params['portalId']!, force };
    const outcome = await this.sender.offer(context, 'DeletePortal', command);
    if (outcome.kind === 'accepted') return;
    const problem = this.sender.problem(context, outcome.refusal);
    if (outcome.refusal.refusal !== 'portal_not_empty') throw problem;
    // Konnect answers this as a fault of the parameter.
    const fault = { field: 'force', rule: 'required', reason: problem.detail, source: 'query' } as const;
    throw new Problem(400, problem.code, problem.detail, { invalid: [fault] });
  }

  /** Roles are asked for from now on: while no team has one, nobody sees anything. */
  private async warnIfHidden({ reply }: Context, portalId: string): Promise<void> {
    const { state } = await findPortal(this.services, portalId);
    const withRoles = await this.services.reads.count('roles', [{ field: 'portal_id', op: 'eq', value: portalId }]);
    if (isRestricted(state) && withRoles === 0) reply.header('Gatehouse-Warning', HIDDEN);
  }

  private async shown(context: Context, id: string) {
    const { state, revision } = await findPortal(this.services, id);
    context.revision = revision;
    return renderPortal({ ...state, id }, await this.counts(id));
  }

  private async counts(id: string): Promise<PortalCounts> {
    const count = (view: string) => this.services.reads.count(view, [{ field: 'portal_id', op: 'eq', value: id }]);
    const [applications, developers, products] = await Promise.all(
      ['applications', 'developers', 'catalogue'].map((view) => count(view)),
    );
    return { application_count: applications!, developer_count: developers!, published_product_count: products! };
  }
}

function readForce(text: string | undefined): boolean {
  if (text !== undefined && text !== 'true' && text !== 'false') {
    const choices = ['true', 'false'];
    throw invalid({ field: 'force', reason: 'must be true or false', rule: 'enum', choices, source: 'query' });
  }
  return text === 'true';
}
