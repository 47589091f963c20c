import { Controller, Inject } from '@nestjs/common';
import { CreateApplication, EditApplication } from '#domain/application/commands.js';
import { Answer } from '../http/answer.interceptor.js';
import { withClient } from '../http/clients.js';
import { developerOf, Ctx, type Context } from '../http/context.js';
import { listParameters, page, parseList, viewQuery, type ListSpec } from '../http/lists.js';
import { pageOf } from '../http/openapi.js';
import { Operation, ref } from '../http/operation.js';
import { Sender } from '../http/sender.js';
import { SERVICES, type Services } from '../services.js';
import { NEWEST_FIRST, ownApplication, ownedBy, strategiesById, type ApplicationEntry } from './applications.js';
import { renderApplication } from './render-applications.js';

const LIST: ListSpec = {
  filter: { name: { ops: ['eq', 'contains'] }, auth_strategy_id: { ops: ['eq'], uuid: true } },
};

const tag = 'Portal: applications';
const all = '/api/v2/applications';
const one = `${all}/{applicationId}`;
const access = 'developer';
const schema = ref('PortalApplication');

/** A developer's applications: "My Apps". The ids of operations that the management API has as well begin with `portal-`. */
@Controller()
export class ApplicationsController {
  constructor(
    @Inject(SERVICES) private readonly services: Services,
    @Inject(Sender) private readonly sender: Sender,
  ) {}

  @Operation({
    id: 'portal-list-applications',
    method: 'GET',
    path: all,
    tag,
    summary: "The developer's applications, newest first",
    access,
    query: listParameters(LIST),
    responses: { 200: { description: 'A page of applications.', schema: pageOf(schema) } },
    errors: [400, 401, 404],
  })
  async list(@Ctx() context: Context) {
    const query = parseList(context.query, LIST);
    const { docs, total } = await this.services.reads.list(
      'applications',
      viewQuery(query, [ownedBy(context)], NEWEST_FIRST),
    );
    const entries = docs as readonly ApplicationEntry[];
    const strategies = await strategiesById(
      this.services,
      entries.map(({ auth_strategy_id }) => auth_strategy_id),
    );
    const rendered = entries.map((entry) => renderApplication(entry, strategies.get(entry.auth_strategy_id)!));
    return page(rendered, query, total);
  }

  @Operation({
    id: 'create-application',
    method: 'POST',
    path: all,
    tag,
    summary: 'Create an application',
    description:
      "Its auth strategy is fixed from then on: the portal's default unless auth_strategy_id names another. A reference_id is made if none is given. Where the strategy registers clients, the answer waits for the identity provider and shows the client's secret, once.",
    access,
    body: {
      class: CreateApplication,
      fields: ['name', 'description', 'reference_id', 'redirect_uri', 'auth_strategy_id', 'scopes'],
    },
    responses: { 201: { description: 'Created.', schema: ref('PortalNewApplication') } },
    errors: [400, 401, 403, 404, 409],
  })
  async create(@Ctx() context: Context) {
    const values = { ...context.body, developer_id: developerOf(context).id };
    const accepted = await this.sender.send(context, 'CreateApplication', values);
    const { result } = await withClient(this.services, this.sender, context, accepted);
    return 'credentials' in result ? new Answer(result, { headers: { 'cache-control': 'no-store' } }) : result;
  }

  @Operation({
    id: 'portal-get-application',
    method: 'GET',
    path: one,
    tag,
    summary: 'Read an application',
    access,
    responses: { 200: { description: 'The application.', schema } },
    errors: [400, 401, 404],
  })
  async get(@Ctx() context: Context) {
    const { id, state, revision } = await ownApplication(this.services, context);
    const strategies = await strategiesById(this.services, [state.auth_strategy_id]);
    context.revision = revision;
    return renderApplication({ ...state, id }, strategies.get(state.auth_strategy_id)!);
  }

  @Operation({
    id: 'update-application',
    method: 'PATCH',
    path: one,
    tag,
    summary: 'Edit an application',
    description: 'Fields that are not given stay as they are.',
    access,
    body: { class: EditApplication, fields: ['name', 'description', 'reference_id', 'redirect_uri', 'scopes'] },
    responses: { 200: { description: 'The application.', schema } },
    errors: [400, 401, 404, 409],
  })
  async update(@Ctx() context: Context) {
    const values = { ...context.body, application_id: context.params['applicationId']! };
    return (await this.sender.send(context, 'EditApplication', values)).result;
  }

  @Operation({
    id: 'portal-delete-application',
    method: 'DELETE',
    path: one,
    tag,
    summary: 'Delete an application',
    description:
      'Its registrations and credentials end with it, at once; a client that was registered for it, soon after.',
    access,
    responses: { 204: { description: 'Deleted.' } },
    errors: [400, 401, 404, 429],
  })
  async delete(@Ctx() context: Context): Promise<void> {
    await this.sender.send(context, 'DeleteApplication', { application_id: context.params['applicationId']! });
  }
}
