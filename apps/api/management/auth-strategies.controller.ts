import { Controller, Inject } from '@nestjs/common';
import type { AuthStrategyState } from '#domain/auth-strategy/state.js';
import type { DcrProviderState } from '#domain/dcr-provider/state.js';
import { Ctx, type Context } from '../http/context.js';
import { listParameters, page, parseList, viewQuery } from '../http/lists.js';
import { pageOf } from '../http/openapi.js';
import { Operation, ref } from '../http/operation.js';
import { notFound } from '../http/problem.js';
import { Sender } from '../http/sender.js';
import { SERVICES, type Services } from '../services.js';
import { isActive } from './active-strategies.js';
import { byProvider } from './dcr-provider-lists.js';
import { existing } from './existing.js';
import { BY_NAME } from './portal-lists.js';
import { AuthStrategyChange, NewAuthStrategy } from './product-bodies.js';
import { STRATEGIES } from './product-lists.js';
import { renderAuthStrategy } from './render-products.js';

const access = { role: 'admin' } as const;
const tag = 'Application auth strategies';
const all = '/v2/application-auth-strategies';
const one = '/v2/application-auth-strategies/{authStrategyId}';
const response = { description: 'The strategy.', schema: ref('AdminAuthStrategy') };

@Controller()
export class AuthStrategiesController {
  constructor(
    @Inject(SERVICES) private readonly services: Services,
    @Inject(Sender) private readonly sender: Sender,
  ) {}

  @Operation({
    id: 'list-app-auth-strategies',
    method: 'GET',
    path: all,
    tag,
    summary: 'List auth strategies',
    access,
    query: listParameters(STRATEGIES),
    responses: { 200: { description: 'By name unless sorted otherwise.', schema: pageOf(ref('AdminAuthStrategy')) } },
    errors: [400, 401, 403],
  })
  async list(@Ctx() context: Context) {
    const query = await byProvider(this.services, parseList(context.query, STRATEGIES));
    const { docs, total } = await this.services.reads.list('strategies', viewQuery(query, [], BY_NAME));
    const strategies = docs as unknown as readonly (AuthStrategyState & { id: string })[];
    const data = await Promise.all(strategies.map((strategy) => this.render(strategy)));
    return page(data, query, total);
  }

  @Operation({
    id: 'create-app-auth-strategy',
    method: 'POST',
    path: all,
    tag,
    summary: 'Create an auth strategy',
    description: 'How applications prove who they are: API keys, or tokens of an identity provider.',
    access,
    body: { class: NewAuthStrategy },
    responses: { 201: response },
    errors: [400, 401, 403, 415],
  })
  async create(@Ctx() context: Context) {
    const { principals: _, ...strategy } = context.body as unknown as NewAuthStrategy;
    const { result } = await this.sender.send(context, 'CreateAuthStrategy', strategy);
    return this.shown(context, (result as { id: string }).id);
  }

  @Operation({
    id: 'get-app-auth-strategy',
    method: 'GET',
    path: one,
    tag,
    summary: 'Read an auth strategy',
    access,
    responses: { 200: response },
    errors: [401, 403, 404],
  })
  get(@Ctx() context: Context) {
    return this.shown(context, idOf(context));
  }

  @Operation({
    id: 'replace-app-auth-strategy',
    method: 'PUT',
    path: one,
    tag,
    summary: 'Replace an auth strategy',
    description: 'Labels and settings that are left out are gone afterwards. The type stays; keys keep their expiry.',
    access,
    body: { class: NewAuthStrategy },
    responses: { 201: response },
    errors: [400, 401, 403, 404, 409, 415],
  })
  replace(@Ctx() context: Context) {
    return this.edit(context, { replace: true });
  }

  @Operation({
    id: 'update-app-auth-strategy',
    method: 'PATCH',
    path: one,
    tag,
    summary: 'Change an auth strategy',
    description: 'The type stays. A changed lifetime is for new keys; a ttl of null ends it.',
    access,
    body: { class: AuthStrategyChange },
    responses: { 200: response },
    errors: [400, 401, 403, 404, 409, 415],
  })
  update(@Ctx() context: Context) {
    return this.edit(context, {});
  }

  @Operation({
    id: 'delete-app-auth-strategy',
    method: 'DELETE',
    path: one,
    tag,
    summary: 'Delete an auth strategy',
    description:
      'Refused while a product version uses it on any portal, published or not, or a portal has it as default.',
    access,
    responses: { 204: { description: 'Deleted.' } },
    errors: [401, 403, 404, 409, 503],
  })
  async delete(@Ctx() context: Context): Promise<void> {
    await this.sender.send(context, 'DeleteAuthStrategy', { auth_strategy_id: idOf(context) });
  }

  private async edit(context: Context, how: { readonly replace?: true }) {
    const { principals: _, ...changes } = context.body as unknown as AuthStrategyChange;
    const auth_strategy_id = idOf(context);
    await this.sender.send(context, 'EditAuthStrategy', { ...changes, ...how, auth_strategy_id });
    return this.shown(context, auth_strategy_id);
  }

  private async shown(context: Context, id: string) {
    const { state, revision } = await this.services.cache.load<AuthStrategyState>('authStrategy', id);
    if (!state.exists) throw notFound('The auth strategy');
    context.revision = revision;
    return this.render({ ...state, id });
  }

  private async render(strategy: AuthStrategyState & { readonly id: string }) {
    const { dcr_provider_id: provider } = strategy;
    const providers = await existing<DcrProviderState>(
      this.services,
      'dcrProvider',
      provider === null ? [] : [provider],
    );
    return renderAuthStrategy(strategy, await isActive(this.services, strategy.id), providers);
  }
}

const idOf = ({ params }: Context): string => params['authStrategyId']!;
