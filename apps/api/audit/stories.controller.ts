import { Controller, Inject } from '@nestjs/common';
import type { AggregateName } from '#domain/core/decider.js';
import { Ctx, type Context } from '../http/context.js';
import { Operation, ref, type OperationSpec } from '../http/operation.js';
import { notFound } from '../http/problem.js';
import { SERVICES, type Services } from '../services.js';
import { changesOf } from './changes.js';
import { renderEntries } from './entries.js';

const story = (id: string, plural: string, what: string): OperationSpec => ({
  id,
  method: 'GET',
  path: `/audit/${plural}/{id}`,
  tag: 'Audit',
  summary: `The whole story of ${what}: who did what, when, why, on what basis, and what it changed.`,
  description: 'Also when it exists no more. Personal fields of a person who was forgotten are null.',
  access: { role: 'auditor' },
  responses: { 200: { description: 'Every event, oldest first.', schema: ref('AuditStory') } },
  errors: [400, 401, 403, 404, 503],
});

/** The story of one thing, straight from its stream: never behind. */
@Controller()
export class StoriesController {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  @Operation(story('readApplicationStory', 'applications', 'an application'))
  application(@Ctx() context: Context): Promise<object> {
    return this.tell('application', 'The application', context);
  }

  @Operation(story('readDeveloperStory', 'developers', 'a developer'))
  developer(@Ctx() context: Context): Promise<object> {
    return this.tell('developer', 'The developer', context);
  }

  @Operation(story('readProductStory', 'products', 'a product'))
  product(@Ctx() context: Context): Promise<object> {
    return this.tell('product', 'The product', context);
  }

  private async tell(aggregate: AggregateName, what: string, context: Context): Promise<object> {
    const stream = `${aggregate}-${context.params['id']!.toLowerCase()}`;
    const events = await this.services.store.readStream(stream);
    if (events.length === 0) throw notFound(what);
    context.revision = events.at(-1)!.revision;
    return { stream, data: await renderEntries(events, changesOf(events), this.services) };
  }
}
