import { Controller, Inject } from '@nestjs/common';
import { commandForStatus, statusNotPossible } from '#domain/application/access-decisions.js';
import type { Condition } from '#read-models/port.js';
import { Ctx, type Context } from '../http/context.js';
import { listParameters, page, parseList, viewQuery, type ListQuery } from '../http/lists.js';
import { pageOf } from '../http/openapi.js';
import { Operation, ref } from '../http/operation.js';
import { Sender } from '../http/sender.js';
import { SERVICES, type Services } from '../services.js';
import { byOwner } from './people.js';
import { StatusChange } from './portal-bodies.js';
import { NEWEST_FIRST, REGISTRATIONS, REGISTRATIONS_OF_APPLICATION } from './portal-lists.js';
import { findApplication, findPortal, findRegistration, leaveAsItIs } from './portal-lookup.js';
import { entryOf, renderAll } from './registrations.js';
import type { RegistrationEntry } from './render-portals.js';

const access = { role: 'admin' } as const;
const tag = 'Portal application registrations';
const all = '/v2/portals/{portalId}/applications/{applicationId}/registrations';
const one = `${all}/{registrationId}`;
const response = { description: 'The registration.', schema: ref('AdminRegistration') };
const listResponse = {
  description: 'Newest first unless sorted otherwise.',
  schema: pageOf(ref('AdminRegistration')),
};

@Controller()
export class PortalRegistrationsController {
  constructor(
    @Inject(SERVICES) private readonly services: Services,
    @Inject(Sender) private readonly sender: Sender,
  ) {}

  @Operation({
    id: 'list-registrations',
    method: 'GET',
    path: '/v2/portals/{portalId}/application-registrations',
    tag,
    summary: 'List the registrations on a portal',
    description:
      'filter[status]=pending is the queue of requests. A filter on developer_name searches up to 10,000 developers.',
    access,
    query: listParameters(REGISTRATIONS),
    responses: { 200: listResponse },
    errors: [400, 401, 403, 404],
  })
  async listOfPortal(@Ctx() context: Context) {
    const query = parseList(context.query, REGISTRATIONS);
    const { id: portalId } = await findPortal(this.services, context.params['portalId']!);
    const where = await byOwner(this.services, portalId, query.where);
    return this.page({ ...query, where }, [{ field: 'portal_id', op: 'eq', value: portalId }]);
  }

  @Operation({
    id: 'list-registrations-by-application',
    method: 'GET',
    path: all,
    tag,
    summary: "List an application's registrations",
    access,
    query: listParameters(REGISTRATIONS_OF_APPLICATION),
    responses: { 200: listResponse },
    errors: [400, 401, 403, 404],
  })
  async listOfApplication(@Ctx() context: Context) {
    const query = parseList(context.query, REGISTRATIONS_OF_APPLICATION);
    const { portalId, applicationId } = context.params;
    const { id } = await findApplication(this.services, portalId, applicationId!);
    return this.page(query, [{ field: 'application_id', op: 'eq', value: id }]);
  }

  @Operation({
    id: 'get-application-registration',
    method: 'GET',
    path: one,
    tag,
    summary: 'Read a registration',
    access,
    responses: { 200: response },
    errors: [401, 403, 404],
  })
  get(@Ctx() context: Context) {
    return this.shown(context);
  }

  @Operation({
    id: 'update-application-registration',
    method: 'PATCH',
    path: one,
    tag,
    summary: 'Decide on a registration',
    description:
      'pending to approved or rejected; approved to revoked; revoked or rejected to approved. The same status again changes nothing.',
    access,
    body: { class: StatusChange },
    responses: { 200: response },
    errors: [400, 401, 403, 404, 409],
  })
  async update(@Ctx() context: Context) {
    const { status } = context.body as unknown as StatusChange;
    const { application, registration } = await findRegistration(this.services, context.params);
    const command = status && commandForStatus(status);
    if (command) {
      const named = { application_id: application.id, registration_ids: [registration.id] };
      await this.sender.send(context, command, named);
    } else if (status === undefined || status === registration.status) {
      leaveAsItIs(context, this.sender, application.revision);
    } else throw this.sender.problem(context, statusNotPossible(registration, status));
    return this.shown(context);
  }

  @Operation({
    id: 'delete-application-registration',
    method: 'DELETE',
    path: one,
    tag,
    summary: 'Withdraw a registration',
    description: 'Access ends at once. The developer may ask for the version again.',
    access,
    responses: { 204: { description: 'Withdrawn.' } },
    errors: [401, 403, 404],
  })
  async delete(@Ctx() context: Context): Promise<void> {
    const { application, registration } = await findRegistration(this.services, context.params);
    const named = { application_id: application.id, registration_id: registration.id };
    await this.sender.send(context, 'WithdrawAccess', named);
  }

  @Operation({
    id: 'list-granted-scopes',
    method: 'GET',
    path: `${one}/granted-scopes`,
    tag,
    summary: 'List the scopes that a registration grants',
    description: 'Those it was approved with; none while it is not approved.',
    access,
    responses: { 200: { description: 'The scopes.', schema: ref('AdminGrantedScopes') } },
    errors: [401, 403, 404],
  })
  async grantedScopes(@Ctx() context: Context) {
    const { application, registration } = await findRegistration(this.services, context.params);
    context.revision = application.revision;
    return { data: registration.status === 'approved' ? registration.scopes : [] };
  }

  private async page(query: ListQuery, own: readonly Condition[]) {
    const { docs, total } = await this.services.reads.list('registrations', viewQuery(query, own, NEWEST_FIRST));
    return page(await renderAll(this.services, docs as unknown as readonly RegistrationEntry[]), query, total);
  }

  private async shown(context: Context) {
    const found = await findRegistration(this.services, context.params);
    context.revision = found.application.revision;
    const [rendered] = await renderAll(this.services, [await entryOf(this.services, found)]);
    return rendered;
  }
}
