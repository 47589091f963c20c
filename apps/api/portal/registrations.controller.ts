import { Controller, Inject } from '@nestjs/common';
import { RequestAccess } from '#domain/application/commands.js';
import { registrationResource } from '#domain/application/resources.js';
import { Ctx, type Context } from '../http/context.js';
import { listParameters, page, parseList, viewQuery, type ListSpec } from '../http/lists.js';
import { pageOf } from '../http/openapi.js';
import { Operation, ref } from '../http/operation.js';
import { Sender } from '../http/sender.js';
import { SERVICES, type Services } from '../services.js';
import { namesFor, NEWEST_FIRST, ownApplication, ownRegistration, type RegistrationEntry } from './applications.js';
import { renderRegistration } from './render-applications.js';
import { REGISTRATION_STATUSES } from './schemas/applications.js';

const LIST: ListSpec = {
  filter: {
    id: { ops: ['eq'], uuid: true },
    status: { ops: ['eq'], choices: REGISTRATION_STATUSES },
    product_name: { ops: ['eq', 'contains'] },
    product_version_name: { ops: ['eq', 'contains'] },
  },
};

const tag = 'Portal: registrations';
const all = '/api/v2/applications/{applicationId}/registrations';
const one = `${all}/{registrationId}`;
const access = 'developer';
const schema = ref('PortalRegistration');

/** Access of a developer's applications to product versions. */
@Controller()
export class RegistrationsController {
  constructor(
    @Inject(SERVICES) private readonly services: Services,
    @Inject(Sender) private readonly sender: Sender,
  ) {}

  @Operation({
    id: 'list-application-registrations',
    method: 'GET',
    path: all,
    tag,
    summary: "An application's registrations, newest first",
    access,
    query: listParameters(LIST),
    responses: { 200: { description: 'A page of registrations.', schema: pageOf(schema) } },
    errors: [400, 401, 404],
  })
  async list(@Ctx() context: Context) {
    const query = parseList(context.query, LIST);
    const { id } = await ownApplication(this.services, context);
    const { docs, total } = await this.services.reads.list(
      'registrations',
      viewQuery(query, [{ field: 'application_id', op: 'eq', value: id }], NEWEST_FIRST),
    );
    return page((docs as readonly RegistrationEntry[]).map(renderRegistration), query, total);
  }

  @Operation({
    id: 'create-application-registration',
    method: 'POST',
    path: all,
    tag,
    summary: 'Request access to a product version',
    description: 'Approved at once where the portal or the version says so; otherwise it waits for a decision.',
    access,
    body: { class: RequestAccess, fields: ['product_version_id', 'scopes'] },
    responses: { 201: { description: 'Requested.', schema } },
    errors: [400, 401, 404, 409],
  })
  async create(@Ctx() context: Context) {
    const values = { ...context.body, application_id: context.params['applicationId']! };
    return (await this.sender.send(context, 'RequestAccess', values)).result;
  }

  @Operation({
    id: 'portal-get-application-registration',
    method: 'GET',
    path: one,
    tag,
    summary: 'Read a registration',
    access,
    responses: { 200: { description: 'The registration.', schema } },
    errors: [401, 404],
  })
  async get(@Ctx() context: Context) {
    const { application, registration } = await ownRegistration(this.services, context);
    context.revision = application.revision;
    return registrationResource(application.id, registration, await namesFor(this.services, registration));
  }

  @Operation({
    id: 'portal-delete-application-registration',
    method: 'DELETE',
    path: one,
    tag,
    summary: 'Withdraw a registration',
    description: 'Whatever its status. Access ends at once; the version may be asked for again.',
    access,
    responses: { 204: { description: 'Withdrawn.' } },
    errors: [401, 404],
  })
  async delete(@Ctx() context: Context): Promise<void> {
    await this.sender.send(context, 'WithdrawAccess', {
      application_id: context.params['applicationId']!,
      registration_id: context.params['registrationId']!,
    });
  }
}
