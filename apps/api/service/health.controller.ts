import { Controller, Inject } from '@nestjs/common';
import { Answer } from '../http/answer.interceptor.js';
import { Operation, ref } from '../http/operation.js';
import { SERVICES, type Services } from '../services.js';
import { engineStates, type EngineStates } from './engine-states.js';
import { headOf, reactorStandings } from './standing.js';

const TAG = 'Service';

/** For orchestrators and load balancers. */
@Controller()
export class HealthController {
  /** The log's head at the start: views that have reached it have caught up with the past. */
  private headAtStart: bigint | undefined;
  /** Once caught up, a view that nobody keeps up to date any more is a fault of others: requests are still answered. */
  private caughtUp = false;
  private readonly engines: () => Promise<EngineStates>;

  constructor(@Inject(SERVICES) private readonly services: Services) {
    this.engines = engineStates(services);
    void this.noteHead().catch(() => undefined);
  }

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
    summary: 'The views have caught up with the log since the start.',
    description:
      'An engine that is down, a blocked view or a parked effect is reported (degraded), and does not take the service away: ' +
      'the other parts go on.',
    access: 'open',
    responses: {
      200: { description: 'Ready, perhaps degraded.', schema: ref('ServiceReadiness') },
      503: { description: 'Not yet.', schema: ref('ServiceReadiness') },
    },
    errors: [],
  })
  async ready(): Promise<Answer> {
    const { projections } = this.services;
    const engines = await this.engines();
    const target = this.headAtStart ?? (engines.event_store === 'up' ? await this.noteHead() : undefined);
    const views = projections.status().map(({ name, live, blocked, position }) => ({
      name,
      live,
      blocked: blocked !== undefined,
      behind: !live || target === undefined || position < target,
    }));
    const standings = reactorStandings(this.services);
    const reactors = standings.map(({ name, parked }) => ({ name, parked }));
    const starting = !this.caughtUp && views.some(({ behind, blocked }) => behind && !blocked);
    this.caughtUp ||= !starting;
    const degraded =
      Object.values(engines).includes('down') ||
      views.some(({ blocked, live }) => blocked || !live) ||
      standings.some(({ parked, blocked }) => parked > 0 || blocked !== undefined);
    return new Answer(
      {
        status: starting ? 'starting' : degraded ? 'degraded' : 'ready',
        engines,
        views: views.map(({ behind: _, ...view }) => view),
        reactors,
      },
      { status: starting ? 503 : 200, headers: { 'cache-control': 'no-store' } },
    );
  }
  private async noteHead(): Promise<bigint | undefined> {
    const head = await headOf(this.services.store);
    return (this.headAtStart ??= head);
  }
}
