import { Controller, Inject } from '@nestjs/common';
import { Answer } from '../http/answer.interceptor.js';
import { Operation, ref } from '../http/operation.js';
import { SERVICES, type Services } from '../services.js';
import { reactorStandings } from './standing.js';

const TAG = 'Service';

/** For orchestrators and load balancers. */
@Controller()
export class HealthController {
  /** The log's head when readiness was first asked about: views that have reached it have caught up with the past. */
  private headAtStart?: Promise<bigint>;

  constructor(@Inject(SERVICES) private readonly services: Services) {}

  @Operation({
    id: 'isAlive',
    method: 'GET',
    path: '/livez',
    tag: TAG,
    summary: 'The process answers.',
    access: 'open',
    responses: { 200: { description: 'It does.', schema: ref('ServiceLiveness') } },
    errors: [],
  })
  live(): object {
    return { status: 'ok' };
  }

  @Operation({
    id: 'isReady',
    method: 'GET',
    path: '/readyz',
    tag: TAG,
    summary: 'The log can be read and the views have caught up with it since the start.',
    description: 'A blocked view or a parked effect is reported (degraded), and does not take the service away.',
    access: 'open',
    responses: {
      200: { description: 'Ready, perhaps degraded.', schema: ref('ServiceReadiness') },
      503: { description: 'Not yet; or the log cannot be read (problem details).', schema: ref('ServiceReadiness') },
    },
    errors: [],
  })
  async ready(): Promise<Answer> {
    const { store, projections } = this.services;
    const head = await store.head();
    const target = await (this.headAtStart ??= Promise.resolve(head));
    const views = projections.status().map(({ name, live, blocked, position }) => ({
      name,
      live,
      blocked: blocked !== undefined,
      behind: !live || position < target,
    }));
    const reactors = reactorStandings(this.services).map(({ name, parked }) => ({ name, parked }));
    const starting = views.some(({ behind, blocked }) => behind && !blocked);
    const degraded = views.some(({ blocked }) => blocked) || reactors.some(({ parked }) => parked > 0);
    return new Answer(
      {
        status: starting ? 'starting' : degraded ? 'degraded' : 'ready',
        views: views.map(({ behind: _, ...view }) => view),
        reactors,
      },
      { status: starting ? 503 : 200, headers: { 'cache-control': 'no-store' } },
    );
  }
}
