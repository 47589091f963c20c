import { Controller, Inject } from '@nestjs/common';
import { isPrivate } from '../config.js';
import { Answer } from '../http/answer.interceptor.js';
import { Authentication } from '../http/authentication.js';
import { Ctx, type Context } from '../http/context.js';
import { Operation } from '../http/operation.js';
import { SERVICES, type Services } from '../services.js';
import { engineStates, type EngineStates } from './engine-states.js';
import { reactorStandings, viewStandings } from './standing.js';

@Controller()
export class MetricsController {
  private readonly engines: () => Promise<EngineStates>;

  constructor(
    @Inject(SERVICES) private readonly services: Services,
    @Inject(Authentication) private readonly authentication: Authentication,
  ) {
    this.engines = engineStates(services);
  }

  @Operation({
    id: 'readMetrics',
    method: 'GET',
    path: '/metrics',
    tag: 'Service',
    summary: 'Measurements in the Prometheus text format.',
    description: 'Open while the server listens on loopback only; otherwise the admin token is needed.',
    access: 'open',
    responses: {
      200: { description: 'The measurements.', schema: { type: 'string' }, contentType: 'text/plain' },
    },
    errors: [401, 403],
  })
  async read(@Ctx() context: Context): Promise<Answer> {
    const { config, metrics } = this.services;
    if (!isPrivate(config))
      await this.authentication.identify({ ...context.operation, access: { role: 'admin' } }, context.request);
    await measure(this.services, this.engines);
    const headers = { 'content-type': metrics.registry.contentType, 'cache-control': 'no-store' };
    return new Answer(await metrics.registry.metrics(), { headers });
  }
}

/** Sets what is measured when it is asked for. */
export async function measure(services: Services, engines: () => Promise<EngineStates>): Promise<void> {
  const { metrics, passwords, freshness } = services;
  for (const [engine, state] of Object.entries(await engines())) {
    metrics.engineUp.set({ engine }, state === 'up' ? 1 : 0);
  }
  metrics.logAge.set(freshness.age() / 1000);
  for (const { name, lagSeconds, blocked } of await viewStandings(services)) {
    if (lagSeconds === null) metrics.viewLag.remove({ view: name });
    else metrics.viewLag.set({ view: name }, lagSeconds);
    metrics.viewBlocked.set({ view: name }, blocked ? 1 : 0);
  }
  for (const { name, parked } of reactorStandings(services)) {
    metrics.parkedEffects.set({ reactor: name }, parked);
  }
  for (const [state, count] of Object.entries(passwords.load())) metrics.passwordHashes.set({ state }, count);
}
