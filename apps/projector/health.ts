import { createServer, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Gauge } from 'prom-client';
import { isPrivate } from '../api/config.js';
import { engineStates } from '../api/service/engine-states.js';
import { HealthController } from '../api/service/health.controller.js';
import { measure } from '../api/service/metrics.controller.js';
import type { Services } from '../api/services.js';
import { sameSecret } from '#vault/same-secret.js';

export interface HealthServer {
  readonly url: string;
  close(): Promise<void>;
}

interface Reply {
  readonly status: number;
  readonly body: string;
  readonly type?: string;
}

/**
 * `/livez`, `/readyz` and `/metrics` of a projector, which mean the same as those of the API. `held` says which leases this
 * process holds; a copy that stands by holds none and is as ready as the others.
 */
export async function serveHealth(services: Services, held: () => ReadonlyMap<string, boolean>): Promise<HealthServer> {
  const { config, metrics, log } = services;
  const health = new HealthController(services);
  const engines = engineStates(services);
  const leaseHeld = new Gauge({
    name: 'gatehouse_lease_held',
    help: '1 where this process runs the view or the reactor, 0 where another one does.',
    labelNames: ['lease'],
    registers: [metrics.registry],
  });

  const routes: Readonly<Record<string, (request: IncomingMessage) => Promise<Reply>>> = {
    '/livez': async () => json(200, { status: 'ok' }),
    '/readyz': async () => {
      const { body, options } = await health.ready();
      return json(options.status ?? 200, body);
    },
    '/metrics': async (request) => {
      if (!isPrivate(config) && !sameSecret(request.headers.authorization ?? '', `Bearer ${config.adminToken}`)) {
        return json(401, { status: 'unauthorized', detail: 'Send the admin token as a bearer token.' });
      }
      await measure(services, engines);
      for (const [lease, isHeld] of held()) leaseHeld.set({ lease }, isHeld ? 1 : 0);
      return { status: 200, body: await metrics.registry.metrics(), type: metrics.registry.contentType };
    },
  };

  async function answer(request: IncomingMessage): Promise<Reply> {
    const route = routes[(request.url ?? '').split('?')[0]!];
    if (!route || request.method !== 'GET') return json(404, { status: 'not found' });
    try {
      return await route(request);
    } catch (err) {
      log.warn({ err }, 'a probe could not be answered');
      return json(503, { status: 'unavailable' });
    }
  }

  const server = createServer((request, response) => {
    request.resume();
    void answer(request).then(({ status, body, type = 'application/json' }) => {
      response.writeHead(status, {
        'content-type': type,
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      });
      response.end(body);
    });
  });
  server.listen(config.port, config.host);
  await once(server, 'listening');
  const { address, port, family } = server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

const json = (status: number, value: unknown): Reply => ({ status, body: JSON.stringify(value) });
