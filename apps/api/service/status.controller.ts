import { Controller, Inject } from '@nestjs/common';
import { Name, Optional } from '#domain/core/validation.js';
import { Ctx, type Context } from '../http/context.js';
import { Operation, ref } from '../http/operation.js';
import { invalid } from '../http/problem.js';
import { SERVICES, type Services } from '../services.js';
import { VERSION } from '../version.js';
import { engineStates, type EngineStates } from './engine-states.js';
import { headOf, reactorStandings, viewStandings, type ViewStanding } from './standing.js';

export class OfView {
  /** Default: every view. */
  @Optional() @Name(100) view?: string;
}

export class OfReactor {
  /** Default: every reactor. */
  @Optional() @Name(100) reactor?: string;
}

const admin = { tag: 'Service', access: { role: 'admin' } } as const;
const forViews = {
  ...admin,
  method: 'POST',
  body: { class: OfView, optional: true },
  responses: { 202: { description: 'Under way; GET /status shows how it goes.', schema: ref('ServiceViews') } },
  errors: [400, 401, 403, 503],
} as const;

/** What operators and the command line see and do. */
@Controller()
export class StatusController {
  private readonly engines: () => Promise<EngineStates>;

  constructor(@Inject(SERVICES) private readonly services: Services) {
    this.engines = engineStates(services);
  }

  @Operation({
    ...admin,
    id: 'readStatus',
    method: 'GET',
    path: '/status',
    summary: 'How the log, the views and the reactors stand.',
    responses: { 200: { description: 'As of now.', schema: ref('ServiceStatus') } },
    errors: [401, 403, 503],
  })
  async status(): Promise<object> {
    const { store } = this.services;
    const head = await headOf(store);
    return {
      version: VERSION,
      uptime_seconds: Math.floor(process.uptime()),
      engines: await this.engines(),
      log: { id: store.logId, head: head === undefined ? null : String(head) },
      views: (await viewStandings(this.services)).map(renderView),
      reactors: reactorStandings(this.services).map((reactor) => ({
        ...reactor,
        blocked: reactor.blocked ?? null,
        position: String(reactor.position),
      })),
    };
  }

  @Operation({
    ...forViews,
    id: 'rebuildViews',
    path: '/views/rebuild',
    summary: 'Builds a view (default: each) anew beside the present copy, which stays served until then.',
  })
  async rebuild(@Ctx() context: Context): Promise<object> {
    const { view, views } = this.viewsMeant(context);
    await this.services.projections.rebuild(view);
    return { views };
  }

  @Operation({
    ...forViews,
    id: 'retryViews',
    path: '/views/retry',
    summary: 'Lets a blocked view (default: each) try its event again.',
  })
  async retry(@Ctx() context: Context): Promise<object> {
    const { view, views } = this.viewsMeant(context);
    await this.services.projections.retry(view);
    return { views };
  }

  @Operation({
    ...admin,
    id: 'retryReactors',
    method: 'POST',
    path: '/reactors/retry',
    summary: 'Tries the parked effects of a reactor (default: of each) again.',
    body: { class: OfReactor, optional: true },
    responses: { 202: { description: 'Under way; GET /status shows how it goes.', schema: ref('ServiceReactors') } },
    errors: [400, 401, 403, 503],
  })
  async retryReactors(@Ctx() context: Context): Promise<object> {
    const { reactor } = context.body as OfReactor;
    const names = reactorStandings(this.services).map(({ name }) => name);
    const reactors = named('reactor', reactor, names);
    await this.services.reactors.retryParked(reactor);
    return { reactors };
  }

  private viewsMeant(context: Context): { readonly view: string | undefined; readonly views: readonly string[] } {
    const { view } = context.body as OfView;
    const names = this.services.projections.status().map(({ name }) => name);
    return { view, views: named('view', view, names) };
  }
}

/** @throws Problem 400 for a name that there is not */
function named(field: string, name: string | undefined, all: readonly string[]): readonly string[] {
  if (name === undefined) return all;
  if (all.includes(name)) return [name];
  throw invalid({ field, reason: `must be one of ${all.join(', ')}`, rule: 'enum', choices: all, source: 'body' });
}

const renderView = (view: ViewStanding): object => ({
  name: view.name,
  position: String(view.position),
  lag_seconds: view.lagSeconds,
  last_applied_at: view.lastAppliedAt,
  live: view.live,
  blocked: blockedIn(view),
  rebuilding: view.rebuilding?.done ?? null,
});

function blockedIn({ blocked, rebuilding }: ViewStanding): object | null {
  const found = blocked ?? rebuilding?.blocked;
  return found ? { position: String(found.position), event_id: found.eventId, error: found.error } : null;
}
