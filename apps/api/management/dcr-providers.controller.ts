import { Controller, Inject } from '@nestjs/common';
import { CreateDcrProvider, EditDcrProvider } from '#domain/dcr-provider/commands.js';
import { dcrProviderResource, type DcrProviderState } from '#domain/dcr-provider/state.js';
import { Ctx, type Context } from '../http/context.js';
import { listParameters, page, parseList, viewQuery } from '../http/lists.js';
import { pageOf } from '../http/openapi.js';
import { Operation, ref } from '../http/operation.js';
import { notFound } from '../http/problem.js';
import { Sender } from '../http/sender.js';
import { SERVICES, type Services } from '../services.js';
import { isActive } from './active-strategies.js';
import { DCR_PROVIDERS } from './dcr-provider-lists.js';
import { BY_NAME } from './portal-lists.js';

const access = { role: 'admin' } as const;
const tag = 'DCR providers';
const all = '/v2/dcr-providers';
const one = '/v2/dcr-providers/{dcrProviderId}';
const response = { description: 'The provider, without its secret.', schema: ref('AdminDcrProvider') };

/** More strategies than one provider serves. */
const MOST = 1000;

/** Servers at which clients are registered for applications. */
@Controller()
export class DcrProvidersController {
  constructor(
    @Inject(SERVICES) private readonly services: Services,
    @Inject(Sender) private readonly sender: Sender,
  ) {}

  @Operation({
    id: 'list-dcr-providers',
    method: 'GET',
    path: all,
    tag,
    summary: 'List registration providers',
    access,
    query: listParameters(DCR_PROVIDERS),
    responses: { 200: { description: 'By name unless sorted otherwise.', schema: pageOf(ref('AdminDcrProvider')) } },
    errors: [400, 401, 403],
  })
  async list(@Ctx() context: Context) {
    const query = parseList(context.query, DCR_PROVIDERS);
    const { docs, total } = await this.services.reads.list('registration_providers', viewQuery(query, [], BY_NAME));
    const providers = docs as unknown as readonly (DcrProviderState & { readonly id: string })[];
    const data = await Promise.all(providers.map((provider) => this.render(provider.id, provider)));
    return page(data, query, total);
  }

  @Operation({
    id: 'create-dcr-provider',
    method: 'POST',
    path: all,
    tag,
    summary: 'Create a registration provider',
    description:
      'An HTTP bridge (http), or a server that speaks RFC 7591 and RFC 7592 (rfc7591, curity, okta). Its secret is sealed, and shown nowhere.',
    access,
    body: { class: CreateDcrProvider },
    responses: { 201: response },
    errors: [400, 401, 403],
  })
  async create(@Ctx() context: Context) {
    const { result } = await this.sender.send(context, 'CreateDcrProvider', context.body);
    return this.shown(context, (result as { readonly id: string }).id);
  }

  @Operation({
    id: 'get-dcr-provider',
    method: 'GET',
    path: one,
    tag,
    summary: 'Read a registration provider',
    access,
    responses: { 200: response },
    errors: [401, 403, 404],
  })
  get(@Ctx() context: Context) {
    return this.shown(context, idOf(context));
  }

  @Operation({
    id: 'update-dcr-provider',
    method: 'PATCH',
    path: one,
    tag,
    summary: 'Change a registration provider',
    description: 'The type stays. Only the settings given in dcr_config change.',
    access,
    body: { class: EditDcrProvider, fields: ['name', 'display_name', 'issuer', 'dcr_config', 'labels'] },
    responses: { 200: response },
    errors: [400, 401, 403, 404],
  })
  async update(@Ctx() context: Context) {
    const dcr_provider_id = idOf(context);
    await this.sender.send(context, 'EditDcrProvider', { ...context.body, dcr_provider_id });
    return this.shown(context, dcr_provider_id);
  }

  @Operation({
    id: 'delete-dcr-provider',
    method: 'DELETE',
    path: one,
    tag,
    summary: 'Delete a registration provider',
    description: 'Refused (409) while an auth strategy uses it, or a client is registered there.',
    access,
    responses: { 204: { description: 'Deleted.' } },
    errors: [401, 403, 404, 409, 503],
  })
  async delete(@Ctx() context: Context): Promise<void> {
    await this.sender.send(context, 'DeleteDcrProvider', { dcr_provider_id: idOf(context) });
  }

  @Operation({
    id: 'verify-dcr-provider',
    method: 'POST',
    path: `${one}/verify`,
    tag,
    summary: 'Try a registration provider',
    description:
      'Asks it for something that it must refuse, which shows that it is there and accepts the secret; nothing is left behind.',
    access,
    responses: { 200: { description: 'What came of it.', schema: ref('AdminDcrVerification') } },
    errors: [401, 403, 404],
  })
  async verify(@Ctx() context: Context) {
    const { id: dcr_provider_id } = await this.found(idOf(context));
    const { errors, idempotent } = await this.services.clients.verify(dcr_provider_id);
    const status = errors.length === 0 ? 'success' : 'failed';
    const values = { dcr_provider_id, status, errors, idempotent };
    const actor = { kind: 'system', id: 'dcr-verification' } as const;
    await this.sender.send(context, 'RecordDcrVerification', values, { actor });
    return { status, errors };
  }

  private async found(id: string) {
    const { state, revision } = await this.services.cache.load<DcrProviderState>('dcrProvider', id);
    if (!state.exists) throw notFound('The registration provider');
    return { id, state, revision };
  }

  private async shown(context: Context, id: string) {
    const { state, revision } = await this.found(id);
    context.revision = revision;
    return this.render(id, state);
  }

  private async render(id: string, state: DcrProviderState) {
    return { ...dcrProviderResource(id, state), active: await this.isUsed(id) };
  }

  /** Whether a strategy that clients are registered for is in use. */
  private async isUsed(id: string): Promise<boolean> {
    const where = [{ field: 'dcr_provider_id', op: 'eq', value: id } as const];
    const strategies = await this.services.reads.find('strategies', { where, limit: MOST });
    const active = await Promise.all(strategies.map((strategy) => isActive(this.services, strategy.id)));
    return active.includes(true);
  }
}

const idOf = ({ params }: Context): string => params['dcrProviderId']!;
