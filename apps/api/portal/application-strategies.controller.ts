import { Controller, Inject } from '@nestjs/common';
import { portalAuthStrategy } from '#domain/application/resources.js';
import type { AuthStrategyState } from '#domain/auth-strategy/state.js';
import { foldText } from '#read-models/fold-text.js';
import type { Doc } from '#read-models/port.js';
import { Ctx, type Context } from '../http/context.js';
import { listInMemory } from '../http/lists-in-memory.js';
import { listParameters, page, parseList, type ListSpec } from '../http/lists.js';
import { pageOf } from '../http/openapi.js';
import { Operation, ref } from '../http/operation.js';
import { SERVICES, type Services } from '../services.js';

const LIST: ListSpec = {
  filter: {
    name: { ops: ['eq', 'contains'] },
    credential_type: { ops: ['eq'], choices: ['client_credentials', 'self_managed_client_credentials', 'key_auth'] },
  },
};

/** More strategies than an installation has; each that the portal uses is found by one indexed read. */
const MOST = 1000;

@Controller()
export class ApplicationStrategiesController {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  @Operation({
    id: 'list-application-auth-strategies',
    method: 'GET',
    path: '/api/v2/applications/auth-strategies',
    tag: 'Portal: applications',
    summary: 'Auth strategies that an application can use here, by name',
    description: "Those of the versions that this portal publishes, and the portal's default.",
    access: 'developer',
    query: listParameters(LIST),
    responses: { 200: { description: 'A page of strategies.', schema: pageOf(ref('PortalAuthStrategy')) } },
    errors: [400, 401, 404],
  })
  async list(@Ctx() context: Context) {
    const query = parseList(context.query, LIST);
    const usable = await this.usable(context.portal);
    const named = usable.map((strategy) => ({
      ...portalAuthStrategy(strategy.id, strategy),
      name_folded: foldText(strategy.display_name),
    }));
    const { docs, total } = listInMemory(named, query, [{ field: 'name_folded' }]);
    return page(
      docs.map(({ name_folded: _, ...shown }) => shown),
      query,
      total,
    );
  }

  private async usable({ id, state }: Context['portal']): Promise<readonly (Doc & AuthStrategyState)[]> {
    const all = (await this.services.reads.find('strategies', { where: [], limit: MOST })) as readonly (Doc &
      AuthStrategyState)[];
    const used = await Promise.all(
      all.map(
        async (strategy) =>
          strategy.id === state.default_application_auth_strategy_id || this.isPublishedWith(strategy.id, id),
      ),
    );
    return all.filter((_, index) => used[index]);
  }

  private async isPublishedWith(strategyId: string, portalId: string): Promise<boolean> {
    const found = await this.services.reads.find('publications', {
      where: [
        { field: 'auth_strategy_id', op: 'eq', value: strategyId },
        { field: 'portal_id', op: 'eq', value: portalId },
        { field: 'publish_status', op: 'eq', value: 'published' },
        { field: 'listed', op: 'eq', value: true },
      ],
      limit: 1,
    });
    return found.length > 0;
  }
}
