import { Controller, Inject } from '@nestjs/common';
import { isPrivate } from '../config.js';
import { Answer } from '../http/answer.interceptor.js';
import { Authentication } from '../http/authentication.js';
import { Ctx, type Context } from '../http/context.js';
import { Operation } from '../http/operation.js';
import { SERVICES, type Services } from '../services.js';
import { reactorStandings, viewStandings } from './standing.js';

@Controller()
export class MetricsController {
  constructor(
    @Inject(SERVICES) private readonly services: Services,
    @Inject(Authentication) private readonly authentication: Authentication,
  ) {}

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
    if (!isPrivate(config)) await this.authentication.identify({ role: 'admin' }, context.request);
    await this.measure();
    const headers = { 'content-type': metrics.registry.contentType, 'cache-control': 'no-store' };
    return new Answer(await metrics.registry.metrics(), { headers });
  }

  private async measure(): Promise<void> {
    const { metrics, passwords } = this.services;
    for (const { name, lagSeconds, blocked } of await viewStandings(this.services)) {
      metrics.viewLag.set({ view: name }, lagSeconds);
      metrics.viewBlocked.set({ view: name }, blocked ? 1 : 0);
    }
    for (const { name, parked } of reactorStandings(this.services)) {
      metrics.parkedEffects.set({ reactor: name }, parked);
    }
    for (const [state, count] of Object.entries(passwords.load())) metrics.passwordHashes.set({ state }, count);
  }
}
