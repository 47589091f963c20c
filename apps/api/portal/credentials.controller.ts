import { Controller, Inject } from '@nestjs/common';
import { GenerateCredential, RenameCredential } from '#domain/application/commands.js';
import { credentialResource } from '#domain/application/resources.js';
import { refuse } from '#domain/core/refusal.js';
import { Answer } from '../http/answer.interceptor.js';
import { renewSecret } from '../http/clients.js';
import { Ctx, type Context } from '../http/context.js';
import { listInMemory } from '../http/lists-in-memory.js';
import { listParameters, page, parseList } from '../http/lists.js';
import { pageOf } from '../http/openapi.js';
import { Operation, ref } from '../http/operation.js';
import { Sender } from '../http/sender.js';
import { SERVICES, type Services } from '../services.js';
import { NEWEST_FIRST, ownApplication, strategiesById } from './applications.js';

const tag = 'Portal: credentials';
const all = '/api/v2/applications/{applicationId}/credentials';
const one = `${all}/{credentialId}`;
const access = 'developer';

const named = (context: Context) => ({
  application_id: context.params['applicationId']!,
  credential_id: context.params['credentialId']!,
});

/** API keys of a developer's applications. A deleted one is revoked, and not shown any more. */
@Controller()
export class CredentialsController {
  constructor(
    @Inject(SERVICES) private readonly services: Services,
    @Inject(Sender) private readonly sender: Sender,
  ) {}

  @Operation({
    id: 'list-credentials',
    method: 'GET',
    path: all,
    tag,
    summary: "An application's API keys, newest first",
    description: 'Without the keys themselves. 409 if the application does not use API keys.',
    access,
    query: listParameters(),
    responses: { 200: { description: 'A page of credentials.', schema: pageOf(ref('PortalCredential')) } },
    errors: [400, 401, 404, 409],
  })
  async list(@Ctx() context: Context) {
    const query = parseList(context.query);
    const { state } = await ownApplication(this.services, context);
    const strategies = await strategiesById(this.services, [state.auth_strategy_id]);
    if (!strategies.get(state.auth_strategy_id)!.key_auth) {
      throw this.sender.problem(context, refuse('credentials_not_for_strategy'));
    }
    const now = new Date(this.services.now()).toISOString();
    const shown = state.credentials
      .map((credential) => credentialResource(credential, now))
      .filter(({ status }) => status !== 'revoked');
    const { docs, total } = listInMemory(shown, query, NEWEST_FIRST);
    return page(docs, query, total);
  }

  @Operation({
    id: 'create-credential',
    method: 'POST',
    path: all,
    tag,
    summary: 'Make an API key',
    description: 'The answer shows the key, once. 20 active ones at most; each expires as the auth strategy says.',
    access,
    body: { class: GenerateCredential, fields: ['display_name'], optional: true },
    responses: { 201: { description: 'The key.', schema: ref('PortalNewCredential') } },
    errors: [400, 401, 403, 404],
  })
  async create(@Ctx() context: Context) {
    const values = { ...context.body, application_id: context.params['applicationId']! };
    const { result } = await this.sender.send(context, 'GenerateCredential', values);
    return new Answer(result, { headers: { 'cache-control': 'no-store' } });
  }

  @Operation({
    id: 'update-credential',
    method: 'PUT',
    path: one,
    tag,
    summary: 'Rename an API key',
    access,
    body: { class: RenameCredential, fields: ['display_name'] },
    responses: { 200: { description: 'The credential.', schema: ref('PortalCredential') } },
    errors: [400, 401, 404],
  })
  async update(@Ctx() context: Context) {
    return (await this.sender.send(context, 'RenameCredential', { ...context.body, ...named(context) })).result;
  }

  @Operation({
    id: 'delete-credential',
    method: 'DELETE',
    path: one,
    tag,
    summary: 'Revoke an API key',
    description: 'At once and for good.',
    access,
    responses: { 204: { description: 'Revoked.' } },
    errors: [400, 401, 404, 409],
  })
  async delete(@Ctx() context: Context): Promise<void> {
    await this.sender.send(context, 'RevokeCredential', named(context));
  }

  @Operation({
    id: 'refresh-application-token',
    method: 'POST',
    path: '/api/v2/applications/{applicationId}/refresh-token',
    tag,
    summary: 'A new client secret from the identity provider',
    description: 'Shown once; the old one ends. Only for applications whose client the portal has registered.',
    access,
    responses: { 201: { description: 'The secret.', schema: ref('PortalClientSecret') } },
    errors: [400, 401, 404],
  })
  async refreshToken(@Ctx() context: Context) {
    const renewed = await renewSecret(this.services, this.sender, context, context.params['applicationId']!);
    return new Answer(renewed, { headers: { 'cache-control': 'no-store' } });
  }
}
