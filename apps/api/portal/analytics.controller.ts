import { Controller, Inject } from '@nestjs/common';
import type { Doc } from '#read-models/port.js';
import { ANALYTICS_QUERY_SCHEMA, AnalyticsQuery, earliestFor, readQuestion } from '../http/analytics-query.js';
import { Ctx, type Context } from '../http/context.js';
import { Operation, ref } from '../http/operation.js';
import { invalid } from '../http/problem.js';
import { renderStatistics, type Label } from '../http/render-statistics.js';
import { SERVICES, type Services } from '../services.js';
import { ownedBy, type RegistrationEntry } from './applications.js';

const tag = 'Portal: analytics';
/** More than the limit of applications that a developer may have. */
const MOST = 1_000;

/** How a developer's own applications use the APIs. On public portals there are no applications, and no figures (404). */
@Controller()
export class AnalyticsController {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  @Operation({
    id: 'get-application-analytics-config',
    method: 'GET',
    path: '/api/v2/stats/config',
    tag,
    summary: 'Whether there are analytics, and how far back they are kept',
    access: 'developer',
    responses: { 200: { description: 'Null: calls are not counted here.', schema: ref('PortalAnalyticsConfig') } },
    errors: [401, 404],
  })
  config() {
    const { count, retention } = this.services.config.analytics;
    return { analytics: count === 'off' ? null : { percentiles: true, retention_ms: retention.day } };
  }

  @Operation({
    id: 'query-application-analytics',
    method: 'POST',
    path: '/api/v2/stats',
    tag,
    summary: "Figures on the use of the developer's own applications",
    description: `Buckets of TIME begin at start_ms. What began is counted whole: figures are as exact as a minute in the last
48 hours, an hour in the last 92 days, and a day before. Quantiles are at most 1 % off.`,
    access: 'developer',
    body: { class: AnalyticsQuery, schema: ANALYTICS_QUERY_SCHEMA },
    responses: { 200: { description: 'Figures.', schema: ref('PortalAnalytics') } },
    errors: [400, 401, 403, 404],
  })
  async query(@Ctx() context: Context) {
    const { config, consumption, reads, now } = this.services;
    const { count, period } = config.analytics;
    if (count === 'off') {
      const reason = 'cannot be answered: there are no analytics on this portal, as /api/v2/stats/config says';
      throw invalid({ field: 'metrics', reason, rule: 'invalid', source: 'body' });
    }
    const asked = readQuestion(context.body as unknown as AnalyticsQuery, earliestFor(period, now()));
    const mine = await reads.find('applications', { where: [ownedBy(context)], limit: MOST });
    const question = { ...asked, applications: mine.map(({ id }) => id) };
    const answer = await consumption.query(question);
    return renderStatistics(question, answer, await this.labels(context, mine));
  }

  /** Names, as charts show them. */
  private async labels(context: Context, applications: readonly Doc[]): Promise<Label> {
    const names = new Map(applications.map(({ id, name }) => [id, name as string]));
    const registered = (await this.services.reads.find('registrations', {
      where: [ownedBy(context)],
      limit: MOST,
    })) as readonly RegistrationEntry[];
    for (const { product_version_id, product_name, product_version_name } of registered)
      names.set(product_version_id, `${product_name} - ${product_version_name}`);
    return distinct(names);
  }
}

/** Two things of one name are told apart by the end of their ids, so that a chart does not add them up. */
function distinct(names: ReadonlyMap<string, string>): Label {
  const uses = new Map<string, number>();
  for (const name of names.values()) uses.set(name, (uses.get(name) ?? 0) + 1);
  return (_, value) => {
    const name = names.get(value);
    if (name === undefined) return value;
    return uses.get(name) === 1 ? name : `${name} (${value.slice(-4)})`;
  };
}
