import { Controller, Inject } from '@nestjs/common';
import type { Question, Statistics } from '#consumption/statistics.js';
import { ANALYTICS_QUERY_SCHEMA, AnalyticsQuery, readQuestion } from '../http/analytics-query.js';
import { Ctx, type Context } from '../http/context.js';
import { Operation, ref } from '../http/operation.js';
import { portalParameter, readPortal } from '../http/portal-parameter.js';
import { Problem } from '../http/problem.js';
import { renderStatistics } from '../http/render-statistics.js';
import { SERVICES, type Services } from '../services.js';

/** Applications of one portal that are looked at. */
const MOST = 10_000;

/** The same figures that developers see of their own applications, of all. */
@Controller()
export class AccessStatisticsController {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  @Operation({
    id: 'queryAccessStatistics',
    method: 'POST',
    path: '/audit/access/stats',
    tag: 'Audit',
    summary: 'Figures on the use of every application, or of those of a portal',
    description:
      'Asked as POST /api/v2/stats, as far back as days are kept. Values are ids; `meta.names` says what they are called.',
    access: { role: 'analytics' },
    query: { portal: portalParameter },
    body: { class: AnalyticsQuery, schema: ANALYTICS_QUERY_SCHEMA },
    responses: { 200: { description: 'Figures.', schema: ref('AccessStatistics') } },
    errors: [400, 401, 403, 409, 503],
  })
  async query(@Ctx() context: Context) {
    const { config, consumption } = this.services;
    if (config.analytics.count === 'off')
      throw new Problem(409, 'analytics_off', 'Nothing is counted here: GATEHOUSE_ANALYTICS is off.');
    const asked = readQuestion(context.body as unknown as AnalyticsQuery, 0);
    const portal = readPortal(context.query);
    const question = { ...asked, ...(portal === undefined ? {} : { applications: await this.applicationsOf(portal) }) };
    const answer = await consumption.query(question);
    const { meta, records } = renderStatistics(question, answer);
    return { meta: { ...meta, names: await this.names(question, answer) }, records };
  }

  private async applicationsOf(portal: string): Promise<readonly string[]> {
    const where = [{ field: 'portal_id', op: 'eq', value: portal } as const];
    return (await this.services.reads.find('applications', { where, limit: MOST })).map(({ id }) => id);
  }

  private async names({ dimensions }: Question, { values }: Statistics): Promise<Record<string, string | null>> {
    const { reads } = this.services;
    const names: Record<string, string | null> = {};
    const idsOf = (dimension: Question['dimensions'][number]) => values[dimensions.indexOf(dimension)] ?? [];
    for (const id of idsOf('APPLICATION'))
      names[id] = ((await reads.get('applications', id))?.['name'] as string) ?? null;
    for (const id of idsOf('API_PRODUCT_VERSION')) {
      const where = [{ field: 'product_version_id', op: 'eq', value: id } as const];
      const [found] = [
        ...(await reads.find('publications', { where, limit: 1 })),
        ...(await reads.find('registrations', { where, limit: 1 })),
      ];
      names[id] = found ? `${found['product_name'] as string} - ${found['product_version_name'] as string}` : null;
    }
    return names;
  }
}
