import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isUuid } from '#domain/core/text.js';
import { StoreUnavailable } from '#event-store/port.js';
import type { Context, GatehouseRequest } from '../http/context.js';
import { sendProblem, toProblem } from '../http/problem.filter.js';
import { invalid, Problem } from '../http/problem.js';
import type { Services } from '../services.js';
import { createTokenCheck, presentedToken, type TokenCheck } from './check-token.js';
import { check, statusOf, type Asked, type Reason, type Verdict } from './check.js';
import { createClientsIndex } from './clients-index.js';
import { gatewayTokens, type Asker } from './gateway-tokens.js';
import { callCounter } from './count-calls.js';
import { CHECK, CHECK_BELOW } from './operations.js';
import { presentedKeys } from './presented-keys.js';
import { TRIED_HEADER } from './tried-calls.js';

const BELOW = '/gateway/check/';

const UNDECIDED = { outcome: 'denied', reason: 'log_unreachable' } as const;

/** One and the same answer whatever the reason. */
const REFUSED: Readonly<Record<401 | 403 | 503, Problem>> = {
  401: new Problem(401, 'call_refused', 'This call may not go through.', {
    headers: { 'www-authenticate': 'Key realm="gatehouse", Bearer realm="gatehouse"' },
  }),
  403: new Problem(403, 'call_refused', 'This call may not go through.'),
  503: new Problem(503, 'undecided', 'Whether this call may go through cannot be told now: try again.', {
    headers: { 'retry-after': '5' },
  }),
};

const NO_TOKEN = new Problem(
  401,
  'not_authenticated',
  'Send a token of the role gateway in the header Gatehouse-Token.',
);

/**
 * The check that gateways ask for on every call: two plain routes without guard, interceptor or body, which answer in the
 * same turn of the event loop when everything is in the fold cache.
 */
export function registerGateway(fastify: FastifyInstance, services: Services): void {
  void fastify.register(async (scope) => {
    // Gateways forward the original call, whatever it is: its body is not ours to read.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, done) => {
      payload.resume();
      done(null);
    });
    scope.setErrorHandler((error, request, reply) => {
      const problem = toProblem(error, request);
      // Nobody can say whether the key may still be used, so that it may not.
      if (error instanceof StoreUnavailable) services.metrics.gatewayChecks.inc(UNDECIDED);
      if (problem.status === 500) services.log.error({ err: error, request: request.id }, 'unexpected error');
      sendProblem(problem, request, reply);
    });
    const { store, checkStates: states, reads, keyring, issuers, now } = services;
    const clients = createClientsIndex({ store, states, reads, keyring });
    scope.addHook('onClose', async () => clients.close());
    const handler = gatewayHandler(services, createTokenCheck({ clients, states, issuers, now }));
    scope.all('/gateway/check', handler);
    scope.all(`${BELOW}*`, handler);
  });
}

type Handler = (request: FastifyRequest, reply: FastifyReply) => FastifyReply | Promise<FastifyReply>;

function gatewayHandler(services: Services, checkToken: TokenCheck): Handler {
  const { checkStates, keyring, config, metrics, now } = services;
  const trusted = gatewayTokens(services);
  const contexts = { query: contextOf(CHECK), path: contextOf(CHECK_BELOW) };
  const count = counters(metrics.gatewayChecks);
  const tell = callCounter(services);

  const respond = (request: FastifyRequest, reply: FastifyReply, versionId: string, verdict: Verdict): FastifyReply => {
    if (!verdict.allowed) {
      count(verdict.why);
      tell(verdict, versionId, request.headers[TRIED_HEADER]);
      (request as GatehouseRequest).logged = {
        denied: verdict.why,
        version: versionId,
        ...(verdict.applicationId ? { application: verdict.applicationId } : {}),
        ...(verdict.credentialId ? { credential_id: verdict.credentialId } : {}),
      };
      sendProblem(REFUSED[statusOf(verdict.why)], request, reply);
      return reply;
    }
    count(undefined);
    tell(verdict, versionId, request.headers[TRIED_HEADER]);
    const { application } = verdict;
    if (verdict.credentialId) reply.header('gatehouse-credential-id', verdict.credentialId);
    return reply
      .header('cache-control', 'no-store')
      .header('gatehouse-application-id', verdict.applicationId)
      .header('gatehouse-application-reference', encodeURIComponent(application.reference_id))
      .header('gatehouse-developer-id', application.developer_id)
      .header('gatehouse-product-version-id', versionId)
      .send();
  };

  /** Of a call that brings both, the key is looked at first. */
  const verdictOn = (
    headers: FastifyRequest['headers'],
    asked: Asked,
    { portal }: NonNullable<Asker>,
  ): Verdict | Promise<Verdict> => {
    const token = presentedToken(headers);
    if (token === undefined) return check(asked, checkStates, keyring.apiKeys);
    const byToken = () => checkToken(token, asked.productVersionId, portal);
    if (asked.presented.keys.length === 0) return byToken();
    return Promise.resolve(check(asked, checkStates, keyring.apiKeys)).then((byKey) =>
      byKey.allowed ? byKey : byToken(),
    );
  };

  const answer = (
    request: FastifyRequest,
    reply: FastifyReply,
    asker: NonNullable<Asker>,
  ): FastifyReply | Promise<FastifyReply> => {
    const versionId = versionAskedAbout(request);
    const presented = presentedKeys(
      request.headers,
      request.query as Readonly<Record<string, unknown>>,
      config.keyPrefix,
    );
    const asked = { presented, productVersionId: versionId, now: new Date(now()).toISOString() };
    const verdict = verdictOn(request.headers, asked, asker);
    return verdict instanceof Promise
      ? verdict.then((later) => respond(request, reply, versionId, within(asker, later)))
      : respond(request, reply, versionId, within(asker, verdict));
  };

  return (request, reply) => {
    (request as GatehouseRequest).context = request.url.startsWith(BELOW) ? contexts.path : contexts.query;
    const asker = trusted(request.headers['gatehouse-token']);
    if (asker && !(asker instanceof Promise)) return answer(request, reply, asker);
    return Promise.resolve(asker).then((found) => {
      if (!found) throw NO_TOKEN;
      return answer(request, reply, found);
    });
  };
}

/** A gateway that is limited to a portal lets nobody of another through. */
function within({ portal }: NonNullable<Asker>, verdict: Verdict): Verdict {
  if (!verdict.allowed || portal === undefined || verdict.application.portal_id === portal) return verdict;
  return { allowed: false, why: 'other_portal', applicationId: verdict.applicationId };
}

/** For the log line only. */
const contextOf = (operation: Context['operation']): Context =>
  ({ operation, actor: { kind: 'anonymous', id: '' }, role: 'gateway' }) as Context;

/** @throws Problem 400 if the version is missing or no UUID */
function versionAskedAbout(request: FastifyRequest): string {
  const inPath = request.url.startsWith(BELOW);
  const text = inPath
    ? request.url.slice(BELOW.length, BELOW.length + 37).split(/[/?#]/, 1)[0]
    : (request.query as { product_version?: unknown }).product_version;
  if (typeof text === 'string' && isUuid(text)) return text.toLowerCase();
  throw invalid(
    inPath
      ? { field: 'product_version_id', reason: 'must be a UUID', rule: 'is_uuid', source: 'path' }
      : { field: 'product_version', reason: 'must be the UUID of a version', rule: 'is_uuid', source: 'query' },
  );
}

/** Counts without looking the labels up again each time. */
function counters(counter: Services['metrics']['gatewayChecks']): (why: Reason | undefined) => void {
  const allowed = counter.labels({ outcome: 'allowed', reason: 'none' });
  const denied = new Map<Reason, typeof allowed>();
  return (why) => {
    if (why === undefined) return allowed.inc();
    let mine = denied.get(why);
    if (!mine) denied.set(why, (mine = counter.labels({ outcome: 'denied', reason: why })));
    mine.inc();
  };
}
