import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createBoundedQueue } from '#vault/bounded-queue.js';
import type { Services } from '../services.js';
import { Authentication } from './authentication.js';
import type { GatehouseRequest } from './context.js';
import { OPERATIONS, type OperationSpec } from './operation.js';

/** 16 MB decoded is 22.4 MB as base64, plus the JSON around it. */
const LARGE_BODY_LIMIT = 24 * 1024 * 1024;

/** Large bodies that are in memory at once, and how many more may wait before they are read. */
export const LARGE_BODIES = { parallel: 3, waiting: 20 };

/**
 * What is settled before a body is read: on operations with a role, who sends it; for specifications and documents, which
 * are larger than other bodies, that there is room. Applies to routes that are added later.
 */
export function admitBodies(fastify: FastifyInstance, services: Services): void {
  const authentication = new Authentication(services);
  const room = createBoundedQueue(LARGE_BODIES);
  const operations = new Map(OPERATIONS.map((operation) => [routeOf(operation), operation]));

  fastify.addHook('onRoute', (route) => {
    const methods = ([] as string[]).concat(route.method as string | string[]);
    const operation = methods.map((method) => operations.get(`${method} ${route.url}`)).find((found) => found);
    // Bodies of GET are not read.
    if (!operation || operation.method === 'GET') return;
    const { access, body } = operation;
    const hooks = [...(typeof access === 'object' ? [identify(operation)] : []), ...(body?.large ? [waitForRoom] : [])];
    if (body?.large) route.bodyLimit = LARGE_BODY_LIMIT;
    route.onRequest = [...[route.onRequest ?? []].flat(), ...hooks];
  });

  const identify = (operation: OperationSpec) => async (request: FastifyRequest) => {
    (request as GatehouseRequest).caller = await authentication.identify(operation, request);
  };

  /** The place is kept until the answer is sent, or the connection is gone. */
  function waitForRoom(_request: FastifyRequest, { raw }: FastifyReply): Promise<void> {
    const over = new Promise<void>((resolve) => raw.once('finish', resolve).once('close', resolve));
    return new Promise((admit, refuse) => {
      room(() => {
        admit();
        return over;
      }).catch(refuse);
    });
  }
}

const routeOf = ({ method, path }: OperationSpec): string => `${method} ${path.replace(/\{(\w+)\}/g, ':$1')}`;
