import { Controller, Inject } from '@nestjs/common';
import type { AggregateName } from '#domain/core/decider.js';
import { Answer } from '../http/answer.interceptor.js';
import { Ctx, type Context } from '../http/context.js';
import { limitParameter, nextLink, readInteger } from '../http/cursors.js';
import { Operation, ref, type OperationSpec } from '../http/operation.js';
import { formatPosition, parsePosition } from '../http/position.js';
import { notFound } from '../http/problem.js';
import { SERVICES, type Services } from '../services.js';
import { changesOf } from './changes.js';
import { renderEntries } from './entries.js';
import { usesByApplication } from './uses.js';

const MOST = 1_000;
const STANDARD = 200;

const story = (id: string, plural: string, what: string): OperationSpec => ({
  id,
  method: 'GET',
  path: `/audit/${plural}/{id}`,
  tag: 'Audit',
  summary: `The whole story of ${what}: who did what, when, why, on what basis, and what it changed.`,
  description: 'Also when it exists no more. Personal fields of a person who was forgotten are null.',
  access: { role: 'auditor' },
  query: {
    after: {
      description: 'A cursor: the position to go on from, as `next` gave it.',
      schema: { type: 'string' },
    },
    limit: limitParameter(MOST, STANDARD),
  },
  responses: { 200: { description: 'Events, oldest first.', schema: ref('AuditStory') } },
  errors: [400, 401, 403, 404, 409, 503],
});

/** The story of one thing, straight from its stream: never behind. */
@Controller()
export class StoriesController {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  @Operation(story('readApplicationStory', 'applications', 'an application'))
  application(@Ctx() context: Context): Promise<Answer> {
    return this.tell('application', 'The application', context);
  }

  @Operation(story('readDeveloperStory', 'developers', 'a developer'))
  developer(@Ctx() context: Context): Promise<Answer> {
    return this.tell('developer', 'The developer', context);
  }

  @Operation(story('readProductStory', 'products', 'a product'))
  product(@Ctx() context: Context): Promise<Answer> {
    return this.tell('product', 'The product', context);
  }

  @Operation(story('readTeamStory', 'teams', 'a team'))
  team(@Ctx() context: Context): Promise<Answer> {
    return this.tell('team', 'The team', context);
  }

  private async tell(aggregate: AggregateName, what: string, context: Context): Promise<Answer> {
    const { params, query } = context;
    const { store } = this.services;
    const limit = readInteger(query, 'limit', { least: 1, most: MOST, standard: STANDARD });
    const after = query['after'] === undefined ? -1n : parsePosition(query['after'], store.logId, 'after');
    const stream = `${aggregate}-${params['id']!.toLowerCase()}`;
    const events = await store.readStream(stream);
    if (events.length === 0) throw notFound(what);
    context.revision = events.at(-1)!.revision;
    const from = events.filter(({ position }) => position <= after).length;
    const told = events.slice(0, from + limit);
    const page = told.slice(from);
    const next = told.length < events.length ? formatPosition(store.logId, told.at(-1)!.position) : null;
    const data = await renderEntries(page, await changesOf(told, from), this.services);
    const path = `/audit/${aggregate}s/${params['id']!}`;
    const used = aggregate === 'application' ? await this.lastUsed(params['id']!.toLowerCase()) : {};
    return new Answer(
      { stream, data, ...used, next },
      next === null ? {} : { headers: { link: nextLink(path, query, next) } },
    );
  }

  private async lastUsed(application: string): Promise<{ readonly last_used_on: string | null }> {
    const uses = await this.services.consumption.usesOf([application]);
    return { last_used_on: usesByApplication(uses)(application).last };
  }
}
