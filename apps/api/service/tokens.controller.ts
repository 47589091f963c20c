import { Controller, Inject } from '@nestjs/common';
import { isUuid } from '#domain/core/text.js';
import { IssueServiceToken } from '#domain/service-token/commands.js';
import { serviceTokenResource } from '#domain/service-token/state.js';
import type { Doc } from '#read-models/port.js';
import { Answer } from '../http/answer.interceptor.js';
import { Ctx, type Context } from '../http/context.js';
import { Operation, ref } from '../http/operation.js';
import { notFound } from '../http/problem.js';
import { Sender } from '../http/sender.js';
import { SERVICES, type Services } from '../services.js';

type TokenDoc = Doc & Parameters<typeof serviceTokenResource>[1];

const VIEW = 'service_tokens';
const MOST = 10_000;
const common = { tag: 'Service', access: { role: 'admin' } } as const;

/** Bearer tokens for integrations, approvers, auditors, analytics, gateways and further administrators. */
@Controller()
export class TokensController {
  constructor(
    @Inject(SERVICES) private readonly services: Services,
    @Inject(Sender) private readonly sender: Sender,
  ) {}

  @Operation({
    ...common,
    id: 'issueToken',
    method: 'POST',
    path: '/tokens',
    summary: 'Issues a bearer token with a role; it is shown once.',
    description: 'A repeat with the same Idempotency-Key shows the same token again.',
    body: { class: IssueServiceToken },
    responses: { 201: { description: 'The token.', schema: ref('ServiceToken') } },
    errors: [400, 401, 403, 404, 503],
  })
  async issue(@Ctx() context: Context): Promise<Answer> {
    const { result } = await this.sender.send(context, 'IssueServiceToken', context.body);
    return new Answer(result, { headers: { 'cache-control': 'no-store' } });
  }

  @Operation({
    ...common,
    id: 'listTokens',
    method: 'GET',
    path: '/tokens',
    summary: 'Names, roles and expiry of the tokens that are good; never the tokens.',
    responses: { 200: { description: 'By name.', schema: ref('ServiceTokens') } },
    errors: [401, 403, 503],
  })
  async list(): Promise<object> {
    const docs = await this.find();
    const now = new Date(this.services.now()).toISOString();
    const good = docs.filter(({ expires_at }) => expires_at === null || now < expires_at);
    return { data: good.map((doc) => serviceTokenResource(doc.id, doc)) };
  }

  @Operation({
    ...common,
    id: 'revokeTokens',
    method: 'DELETE',
    path: '/tokens/{token}',
    summary: 'Ends a token by its id, or all tokens of a name, at once.',
    freeParams: { token: 'The id of a token, or the name that tokens were issued under.' },
    responses: { 204: { description: 'Ended.' } },
    errors: [401, 403, 404, 503],
  })
  async revoke(@Ctx() context: Context): Promise<void> {
    const token = context.params['token']!;
    const docs = isUuid(token) ? [{ id: token.toLowerCase() }] : await this.find(token);
    if (docs.length === 0) throw notFound('A token of this name');
    for (const { id } of docs) await this.sender.send(context, 'RevokeServiceToken', { token_id: id });
  }

  private async find(name?: string): Promise<readonly TokenDoc[]> {
    const where = name === undefined ? [] : [{ field: 'name', op: 'eq', value: name } as const];
    const sort = [{ field: 'name' }, { field: 'created_at' }];
    return (await this.services.reads.find(VIEW, { where, sort, limit: MOST })) as readonly TokenDoc[];
  }
}
