import { Controller, Inject } from '@nestjs/common';
import { folded } from '#domain/core/claims.js';
import { isUuid } from '#domain/core/text.js';
import { Integer, Name, OneOf, Optional } from '#domain/core/validation.js';
import { COMMANDS } from '#domain/command-table.js';
import { issueBearerToken, listBearerTokens, revokeBearerTokens } from '#vault/bearer-tokens.js';
import { Answer } from '../http/answer.interceptor.js';
import { Ctx, type Context } from '../http/context.js';
import { Operation, ref, ROLES } from '../http/operation.js';
import { invalid, notFound } from '../http/problem.js';
import { SERVICES, type Services } from '../services.js';

export class IssueToken {
  /** Who it is for: the actor's name in the audit story, and what ends it. */
  @Name(64) name!: string;
  @OneOf(ROLES) role!: string;
  /** Days until it expires; it does not when absent. */
  @Optional() @Integer(1, 3650) days?: number;
}

const DAY_MS = 86_400_000;
/**
 * Actors of the service itself, and kinds of actors: a token of such a name would make the audit story say what is not so.
 * Commands act under their own names, developers under their ids.
 */
const RESERVED = new Set([
  'admin',
  'anonymous',
  'cascades',
  'developer',
  'gatehouse',
  'key-expiry',
  'mail',
  'policy',
  'system',
]);

const common = { tag: 'Service', access: { role: 'admin' } } as const;

/** Bearer tokens for integrations, auditors, analytics, gateways and further administrators. */
@Controller()
export class TokensController {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  @Operation({
    ...common,
    id: 'issueToken',
    method: 'POST',
    path: '/tokens',
    summary: 'Issues a bearer token with a role; it is shown once.',
    body: { class: IssueToken },
    responses: { 201: { description: 'The token.', schema: ref('ServiceToken') } },
    errors: [400, 401, 403, 503],
  })
  async issue(@Ctx() context: Context): Promise<Answer> {
    const { vault, log, now } = this.services;
    const { role, days } = context.body as unknown as IssueToken;
    const name = (context.body as unknown as IssueToken).name.trim();
    if (RESERVED.has(folded(name)) || COMMANDS.has(name) || isUuid(name))
      throw invalid({
        field: 'name',
        reason: 'is a name that others act under; choose another',
        rule: 'invalid',
        source: 'body',
      });
    const expiresAt = days === undefined ? undefined : now() + days * DAY_MS;
    const expiry = expiresAt === undefined ? {} : { expiresAt };
    const token = await issueBearerToken(vault, { name, role, ...expiry }, new Date(now()));
    log.info({ request: context.request.id, issued_to: name, role, by: context.actor.id }, 'a bearer token was issued');
    const expires_at = expiresAt === undefined ? null : new Date(expiresAt).toISOString();
    return new Answer({ token, name, role, expires_at }, { headers: { 'cache-control': 'no-store' } });
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
    const tokens = await listBearerTokens(this.services.vault);
    return {
      data: tokens.map(({ name, role, createdAt, expiresAt }) => ({
        name,
        role,
        created_at: createdAt,
        expires_at: expiresAt,
      })),
    };
  }

  @Operation({
    ...common,
    id: 'revokeTokens',
    method: 'DELETE',
    path: '/tokens/{name}',
    summary: 'Ends all tokens of a name; gateways notice within ten seconds.',
    freeParams: { name: 'The name they were issued under.' },
    responses: { 204: { description: 'Ended.' } },
    errors: [401, 403, 404, 503],
  })
  async revoke(@Ctx() context: Context): Promise<void> {
    const { vault, log } = this.services;
    const name = context.params['name']!;
    if ((await revokeBearerTokens(vault, name)) === 0) throw notFound('A token of this name');
    log.info({ request: context.request.id, ended_for: name, by: context.actor.id }, 'bearer tokens were ended');
  }
}
