import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { isUuid } from '#domain/core/text.js';
import { findBearerToken, sameSecret } from '#vault/bearer-tokens.js';
import { isPrivate } from '../config.js';
import type { Context, GatehouseRequest } from '../http/context.js';
import { sendProblem, toProblem } from '../http/problem.filter.js';
import { invalid, Problem } from '../http/problem.js';
import type { Services } from '../services.js';
import { check, statusOf, type Reason, type Verdict } from './check.js';
import { CHECK, CHECK_BELOW } from './operations.js';
import { presentedKeys } from './presented-keys.js';

/** How long a gateway's token is remembered: so much later a revoked one ends, and the vault may be away. */
const TOKEN_MEMORY_MS = 10_000;
const BELOW = '/gateway/check/';

/** One and the same answer whatever the reason. */
const REFUSED: Readonly<Record<401 | 403, Problem>> = {
  401: new Problem(401, 'call_refused', 'This call may not go through.', {
    headers: { 'www-authenticate': 'Key realm="gatehouse"' },
  }),
  403: new Problem(403, 'call_refused', 'This call may not go through.'),
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
      if (problem.status === 500) services.log.error({ err: error, request: request.id }, 'unexpected error');
      sendProblem(problem, request, reply);
    });
    const handler = gatewayHandler(services);
    scope.all('/gateway/check', handler);
    scope.all(`${BELOW}*`, handler);
  });
}

type Handler = (request: FastifyRequest, reply: FastifyReply) => FastifyReply | Promise<FastifyReply>;

function gatewayHandler(services: Services): Handler {
  const { cache, keyring, config, metrics, now } = services;
  const trusted = gatewayTokens(services);
  const contexts = { query: contextOf(CHECK), path: contextOf(CHECK_BELOW) };
  const count = counters(metrics.gatewayChecks);

  const respond = (request: FastifyRequest, reply: FastifyReply, versionId: string, verdict: Verdict): FastifyReply => {
    if (!verdict.allowed) {
      count(verdict.why);
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
    const { application } = verdict;
    return reply
      .header('cache-control', 'no-store')
      .header('gatehouse-application-id', verdict.applicationId)
      .header('gatehouse-application-reference', encodeURIComponent(application.reference_id))
      .header('gatehouse-developer-id', application.developer_id)
      .header('gatehouse-product-version-id', versionId)
      .header('gatehouse-credential-id', verdict.credentialId)
      .send();
  };

  const answer = (request: FastifyRequest, reply: FastifyReply): FastifyReply | Promise<FastifyReply> => {
    const versionId = versionAskedAbout(request);
    const presented = presentedKeys(
      request.headers,
      request.query as Readonly<Record<string, unknown>>,
      config.keyPrefix,
    );
    const asked = { presented, productVersionId: versionId, now: new Date(now()).toISOString() };
    const verdict = check(asked, cache, keyring.apiKeys);
    return verdict instanceof Promise
      ? verdict.then((later) => respond(request, reply, versionId, later))
      : respond(request, reply, versionId, verdict);
  };

  return (request, reply) => {
    (request as GatehouseRequest).context = request.url.startsWith(BELOW) ? contexts.path : contexts.query;
    const may = trusted(request.headers['gatehouse-token']);
    if (may === true) return answer(request, reply);
    return Promise.resolve(may).then((known) => {
      if (!known) throw NO_TOKEN;
      return answer(request, reply);
    });
  };
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

/** Whether a Gatehouse-Token lets a gateway ask: at once for those seen lately. None is needed on loopback. */
function gatewayTokens({ vault, config }: Services): (token: unknown) => boolean | Promise<boolean> {
  const known = new LRUCache<string, boolean>({
    max: 100,
    ttl: TOKEN_MEMORY_MS,
    allowStaleOnFetchRejection: true,
    fetchMethod: async (token) => {
      if (sameSecret(token, config.adminToken)) return true;
      const role = (await findBearerToken(vault, token))?.role;
      return role === 'gateway' || role === 'admin' || undefined;
    },
  });
  return (token) => {
    if (token === undefined) return isPrivate(config);
    if (typeof token !== 'string') return false;
    return known.get(token) ?? known.fetch(token).then((found) => found === true);
  };
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
