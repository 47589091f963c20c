import { Controller, Inject } from '@nestjs/common';
import { CreateIdentityProvider, EditIdentityProvider } from '#domain/portal/identity-commands.js';
import { identityProviderResource } from '#domain/portal/identity-state.js';
import { Ctx, type Context } from '../http/context.js';
import { Operation, ref } from '../http/operation.js';
import { notFound } from '../http/problem.js';
import { Sender } from '../http/sender.js';
import { SERVICES, type Services } from '../services.js';
import { findPortal } from './portal-lookup.js';

const access = { role: 'admin' } as const;
const tag = 'Portal sign-in';
const all = '/v2/portals/{portalId}/identity-providers';
const one = `${all}/{identityProviderId}`;
const response = { description: 'The identity provider.', schema: ref('AdminIdentityProvider') };

const byType = { description: 'Only providers of this type: oidc.', schema: { type: 'string' } };

@Controller()
export class IdentityProvidersController {
  constructor(
    @Inject(SERVICES) private readonly services: Services,
    @Inject(Sender) private readonly sender: Sender,
  ) {}

  @Operation({
    id: 'get-portal-identity-providers',
    method: 'GET',
    path: all,
    tag,
    summary: 'List the identity providers of a portal',
    access,
    query: { 'filter[type]': byType, 'filter[type][eq]': byType },
    responses: {
      200: { description: 'All of them.', schema: { type: 'array', items: ref('AdminIdentityProvider') } },
    },
    errors: [400, 401, 403, 404],
  })
  async list(@Ctx() context: Context) {
    const types = ['filter[type]', 'filter[type][eq]'].flatMap((name) => context.query[name] ?? []);
    const { state } = await findPortal(this.services, context.params['portalId']!);
    return state.identity_providers
      .filter(({ type }) => types.every((wanted) => wanted === type))
      .map(identityProviderResource);
  }

  @Operation({
    id: 'create-portal-identity-provider',
    method: 'POST',
    path: all,
    tag,
    summary: 'Add an identity provider to a portal',
    description: 'OpenID Connect only. The client secret is sealed, and shown nowhere.',
    access,
    body: { class: CreateIdentityProvider, fields: ['type', 'enabled', 'config'], required: ['type', 'config'] },
    responses: { 201: response },
    errors: [400, 401, 403, 404, 409],
  })
  async create(@Ctx() context: Context) {
    const portal_id = context.params['portalId']!;
    const { result } = await this.sender.send(context, 'CreateIdentityProvider', { ...context.body, portal_id });
    return this.shown(context, (result as { id: string }).id);
  }

  @Operation({
    id: 'get-portal-identity-provider',
    method: 'GET',
    path: one,
    tag,
    summary: 'Read an identity provider',
    access,
    responses: { 200: response },
    errors: [400, 401, 403, 404],
  })
  get(@Ctx() context: Context) {
    return this.shown(context, context.params['identityProviderId']!);
  }

  @Operation({
    id: 'update-portal-identity-provider',
    method: 'PATCH',
    path: one,
    tag,
    summary: 'Change an identity provider',
    description: 'What is left out stays, the client secret too. Sign-ins under way begin anew if the issuer changes.',
    access,
    body: { class: EditIdentityProvider, fields: ['enabled', 'config'] },
    responses: { 200: response },
    errors: [400, 401, 403, 404, 409],
  })
  async update(@Ctx() context: Context) {
    const { portalId: portal_id, identityProviderId: identity_provider_id } = context.params;
    await this.sender.send(context, 'EditIdentityProvider', { ...context.body, portal_id, identity_provider_id });
    return this.shown(context, identity_provider_id!);
  }

  @Operation({
    id: 'delete-portal-identity-provider',
    method: 'DELETE',
    path: one,
    tag,
    summary: 'Remove an identity provider',
    description: 'Accounts that came through it stay, and are found again by a provider of the same issuer.',
    access,
    responses: { 204: { description: 'Removed.' } },
    errors: [400, 401, 403, 404, 409],
  })
  async delete(@Ctx() context: Context): Promise<void> {
    const { portalId: portal_id, identityProviderId: identity_provider_id } = context.params;
    await this.sender.send(context, 'DeleteIdentityProvider', { portal_id, identity_provider_id });
  }

  private async shown(context: Context, id: string) {
    const { state, revision } = await findPortal(this.services, context.params['portalId']!);
    const provider = state.identity_providers.find((candidate) => candidate.id === id);
    if (!provider) throw notFound('The identity provider');
    context.revision = revision;
    return identityProviderResource(provider);
  }
}
