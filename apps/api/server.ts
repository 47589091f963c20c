import { randomUUID } from 'node:crypto';
import cookie from '@fastify/cookie';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { errorCodes, type FastifyInstance, type FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { appModule } from './app.module.js';
import type { Config } from './config.js';
import { registerGateway } from './gateway/routes.js';
import { admitBodies } from './http/admission.js';
import type { GatehouseRequest } from './http/context.js';
import { applyCors } from './http/cors.js';
import { checkCharset, parseJsonBody } from './http/json-body.js';
import { securityHeaders } from './http/security-headers.js';
import { answerUnreadablePath, answerUnreadableRequest } from './http/unreadable.js';
import { withoutRedaction } from './log.js';
import type { Services } from './services.js';

/** For a whole request to arrive. */
const REQUEST_TIMEOUT_MS = 30_000;
const BODY_LIMIT = 1024 * 1024;

/** The HTTP server over built services; not listening yet. */
export async function createServer(
  services: Services,
  { requestTimeout = REQUEST_TIMEOUT_MS }: { readonly requestTimeout?: number } = {},
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
    requestTimeout,
    // Node takes the longer of the two for whole requests, and looks for late ones only so often.
    http: { headersTimeout: requestTimeout, connectionsCheckingInterval: Math.min(requestTimeout, 5000) },
    frameworkErrors: answerUnreadablePath,
    clientErrorHandler: answerUnreadableRequest,
    connectionTimeout: 60_000,
    keepAliveTimeout: 72_000,
    routerOptions: { maxParamLength: 200 },
    genReqId: () => randomUUID(),
    trustProxy: believed(services.config.trustProxy),
    return503OnClosing: true,
  });
  const fastify = adapter.getInstance() as unknown as FastifyInstance;
  admitBodies(fastify, services);
  const app = await NestFactory.create<NestFastifyApplication>(appModule(services), adapter, {
    logger: false,
    bodyParser: false,
    abortOnError: false,
  });
  await fastify.register(cookie);
  parseBodies(fastify);
  fastify.addHook('onRequest', securityHeaders);
  fastify.addHook('onRequest', applyCors(services));
  observe(fastify, services);
  letGoWhenClosing(fastify);
  registerGateway(fastify, services);
  await app.init();
  await fastify.ready();
  return app;
}

/** Fastify believes nobody where it is given a number, so proxies are counted here, from this server on. */
function believed(trustProxy: Config['trustProxy']): false | string[] | ((address: string, hop: number) => boolean) {
  if (typeof trustProxy === 'number') return (_, hop) => hop < trustProxy;
  return trustProxy && [...trustProxy];
}

function parseBodies(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(
    /^application\/(?:[\w.+-]+\+)?json(?:;|$)/i,
    { parseAs: 'buffer' },
    (request: FastifyRequest, body: Buffer, done: (error: Error | null, body?: unknown) => void) => {
      if (request.headers['idempotency-key'] !== undefined) (request as GatehouseRequest).rawBody = body;
      if (body.length === 0) return done(null, undefined);
      try {
        checkCharset(request.headers['content-type']);
        done(null, parseJsonBody(body));
      } catch (error) {
        done(error as Error);
      }
    },
  );
  // Clients name a type even where they send nothing: axios calls the body of a bare POST a form.
  fastify.addContentTypeParser('*', (request, payload, done) => {
    const { 'content-length': length = '0', 'transfer-encoding': chunked } = request.headers;
    payload.resume();
    done(length === '0' && chunked === undefined ? null : new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE());
  });
}

/** A connection that is answered while the server closes would be kept for the next request, and hold up the end. */
function letGoWhenClosing(fastify: FastifyInstance): void {
  fastify.addHook('preClose', (done) => {
    const sweeping = setInterval(() => fastify.server.closeIdleConnections(), 100).unref();
    fastify.server.once('close', () => clearInterval(sweeping));
    done();
  });
}

/** One log line and one measurement for every answer; never a query string, a header or a body. */
function observe(fastify: FastifyInstance, services: Services): void {
  const lines = withoutRedaction(services.log);
  const keyed = new LRUCache<string, string>({
    max: 1_000,
    memoMethod: (address) => services.keyring.hmac('log-address', address).slice(0, 12),
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const { context, logged } = request as GatehouseRequest;
    const operation = context?.operation.id ?? 'none';
    services.metrics.httpDuration.observe({ operation, status: String(reply.statusCode) }, reply.elapsedTime / 1000);
    lines.info(
      {
        request: request.id,
        operation,
        method: request.method,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime * 10) / 10,
        actor: context ? `${context.actor.kind}:${context.actor.id}` : undefined,
        address: keyed.memo(request.ip),
        ...logged,
      },
      'answered',
    );
    done();
  });
}
