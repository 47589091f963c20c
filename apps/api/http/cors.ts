import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Services } from '../services.js';
import { isTrustedOrigin } from './origin.js';

/**
 * A portal whose pages are on a host of their own (custom_client_domain) may call the portal API with cookies. No other
 * origin gets a CORS header.
 */
export const applyCors =
  (services: Services) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const { origin } = request.headers;
    if (origin === undefined || !request.url.startsWith('/api/')) return undefined;
    void reply.header('vary', 'Origin');
    const portal = await services.portals.find(request.host);
    if (!portal || !isTrustedOrigin(origin, request.host, portal.state)) return undefined;
    void reply.headers({ 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true' });
    if (request.method !== 'OPTIONS') return undefined;
    return reply
      .status(204)
      .headers({
        'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
        'access-control-allow-headers': 'content-type, accept, if-match, if-none-match, idempotency-key',
        'access-control-max-age': '600',
      })
      .send();
  };
