import { Controller, Inject } from '@nestjs/common';
import type { ApplicationState } from '#domain/application/state.js';
import type { Condition } from '#read-models/port.js';
import { Ctx, type Context } from '../http/context.js';
import { listParameters, page, parseList, viewQuery } from '../http/lists.js';
import { pageOf } from '../http/openapi.js';
import { Operation, ref } from '../http/operation.js';
import { Sender } from '../http/sender.js';
import { SERVICES, type Services } from '../services.js';
import { byOwner, peopleOf } from './people.js';
import { APPLICATIONS, NEWEST_FIRST } from './portal-lists.js';
import { findApplication, findPortal } from './portal-lookup.js';
import { renderApplication } from './render-portals.js';
import { strategiesOf } from './used-strategies.js';

const access = { role: 'admin' } as const;
const tag = 'Portal applications';
const one = '/v2/portals/{portalId}/applications/{applicationId}';
const response = { description: 'The application.', schema: ref('AdminApplication') };

type Application = Parameters<typeof renderApplication>[0];

@Controller()
export class PortalApplicationsController {
  constructor(
    @Inject(SERVICES) private readonly services: Services,
    @Inject(Sender) private readonly sender: Sender,
  ) {}

  @Operation({
    id: 'list-applications',
    method: 'GET',
    path: '/v2/portals/{portalId}/applications',
    tag,
    summary: 'List the applications on a portal',
    description: 'A filter on developer_name, or on part of developer_email, searches up to 10,000 developers.',
    access,
    query: listParameters(APPLICATIONS),
    responses: {
      200: { description: 'Newest first unless sorted otherwise.', schema: pageOf(ref('AdminApplication')) },
    },
    errors: [400, 401, 403, 404],
  })
  async list(@Ctx() context: Context) {
    const query = parseList(context.query, APPLICATIONS);
    const { id: portalId } = await findPortal(this.services, context.params['portalId']!);
    const where = await byOwner(this.services, portalId, query.where);
    const own: Condition[] = [{ field: 'portal_id', op: 'eq', value: portalId }];
    const { docs, total } = await this.services.reads.list(
      'applications',
      viewQuery({ ...query, where }, own, NEWEST_FIRST),
    );
    const found = docs as unknown as readonly Omit<Application, 'registrations'>[];
    return page(await this.render(await this.withRegistrations(found)), query, total);
  }

  @Operation({
    id: 'get-application',
    method: 'GET',
    path: one,
    tag,
    summary: 'Read an application on a portal',
    access,
    responses: { 200: response },
    errors: [401, 403, 404],
  })
  get(@Ctx() context: Context) {
    return this.shown(context);
  }

  @Operation({
    id: 'get-application-unscoped',
    method: 'GET',
    path: '/v2/applications/{applicationId}',
    tag,
    summary: 'Read an application on any portal',
    access,
    responses: { 200: response },
    errors: [401, 403, 404],
  })
  getUnscoped(@Ctx() context: Context) {
    return this.shown(context);
  }

  @Operation({
    id: 'delete-application',
    method: 'DELETE',
    path: one,
    tag,
    summary: 'Delete an application',
    description: 'With its registrations and credentials; its keys end at once.',
    access,
    responses: { 204: { description: 'Deleted.' } },
    errors: [401, 403, 404],
  })
  async delete(@Ctx() context: Context): Promise<void> {
    const { id } = await this.found(context);
    await this.sender.send(context, 'DeleteApplication', { application_id: id });
  }

  private found({ params }: Context) {
    return findApplication(this.services, params['portalId'], params['applicationId']!);
  }

  private async shown(context: Context) {
    const { id, state, revision } = await this.found(context);
    context.revision = revision;
    const [rendered] = await this.render([{ ...state, id }]);
    return rendered;
  }

  /** As their streams have them: the view of applications holds none. */
  private withRegistrations(applications: readonly Omit<Application, 'registrations'>[]) {
    const { cache } = this.services;
    return Promise.all(
      applications.map(async (application): Promise<Application> => {
        const { state } = await cache.load<ApplicationState>('application', application.id);
        return { ...application, registrations: state.registrations };
      }),
    );
  }

  private async render(applications: readonly Application[]) {
    const [people, strategies] = await Promise.all([
      peopleOf(
        this.services,
        applications.map(({ developer_id }) => developer_id),
      ),
      strategiesOf(
        this.services,
        applications.map(({ auth_strategy_id }) => auth_strategy_id),
      ),
    ]);
    return applications.map((application) =>
      renderApplication(application, people(application.developer_id), strategies(application.auth_strategy_id)),
    );
  }
}
