import { Controller, Inject } from '@nestjs/common';
import { isUuid } from '#domain/core/text.js';
import { EVENTS } from '#domain/registry.js';
import type { StoredEvent } from '#event-store/port.js';
import { splitStream } from '#read-models/log-event.js';
import { queryTimeline, type TimelineFilter } from '#read-models/timeline-query.js';
import { Answer } from '../http/answer.interceptor.js';
import { Ctx, type Context } from '../http/context.js';
import { limitParameter, nextLink, readInteger } from '../http/cursors.js';
import { isDateTime } from '../http/lists.js';
import { Operation, ref, type QueryParameter } from '../http/operation.js';
import { formatPosition, parsePosition } from '../http/position.js';
import { invalid, type InvalidParameter } from '../http/problem.js';
import { SERVICES, type Services } from '../services.js';
import { renderEntries } from './entries.js';

const MOST = 100;
const STANDARD = 50;

const text = (description: string): QueryParameter => ({ description, schema: { type: 'string' } });
const time = (description: string): QueryParameter => ({
  description,
  schema: { type: 'string', format: 'date-time' },
});
const uuid = (description: string): QueryParameter => ({ description, schema: { type: 'string', format: 'uuid' } });

/** Parameters that compare one field of the timeline. */
const FIELDS: Readonly<Record<string, keyof TimelineFilter>> = {
  actor: 'actor_id',
  type: 'type',
  subject: 'entity_id',
  portal: 'portal_id',
  developer: 'developer_id',
  application: 'application_id',
  product: 'product_id',
  command: 'command_id',
};

@Controller()
export class TimelineController {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  @Operation({
    id: 'listAuditEvents',
    method: 'GET',
    path: '/audit/events',
    tag: 'Audit',
    summary: 'Everything that happened, by actor, type, subject and time.',
    access: { role: 'auditor' },
    query: {
      actor: text("A developer's id or a token's name."),
      type: { description: 'An event type.', schema: { enum: [...EVENTS.keys()] } },
      subject: text('What it happened to: a stream (application-<id>) or an id.'),
      portal: uuid('Only of this portal.'),
      developer: uuid('Only what concerns this developer, applications included.'),
      application: uuid('Only of this application.'),
      product: uuid('Only what concerns this product.'),
      command: uuid('Only what this command caused.'),
      from: time('Not before this time.'),
      to: time('Before this time.'),
      order: { description: 'Default: oldest first.', schema: { enum: ['oldest', 'newest'] } },
      after: text('A cursor: the position to go on from, as `next` gave it.'),
      limit: limitParameter(MOST, STANDARD),
    },
    responses: { 200: { description: 'A part of the timeline.', schema: ref('AuditEvents') } },
    errors: [400, 401, 403, 409, 503],
  })
  async list(@Ctx() context: Context): Promise<Answer> {
    const { query } = context;
    const { store, reads } = this.services;
    const limit = readInteger(query, 'limit', { least: 1, most: MOST, standard: STANDARD });
    const after = query['after'] === undefined ? {} : { after: parsePosition(query['after'], store.logId, 'after') };
    const page = { ...after, newestFirst: query['order'] === 'newest', limit: limit + 1 };
    const found = await queryTimeline(reads, readFilter(query), page);
    const events = await Promise.all(found.slice(0, limit).map((doc) => store.readAt(BigInt(doc.id))));
    const known = events.filter((event): event is StoredEvent => event !== undefined);
    const last = known.at(-1);
    const next = found.length > limit && last ? formatPosition(store.logId, last.position) : null;
    const body = { data: await renderEntries(known, undefined, this.services), next };
    return new Answer(body, next === null ? {} : { headers: { link: nextLink('/audit/events', query, next) } });
  }
}

/** @throws Problem 400 naming each parameter at fault */
function readFilter(query: Readonly<Record<string, string>>): TimelineFilter {
  const faults: InvalidParameter[] = [];
  const fault = (field: string, reason: string, rule: string, choices?: readonly string[]) =>
    faults.push({ field, reason, rule, source: 'query', ...(choices ? { choices } : {}) });
  const filter: Record<string, string> = {};
  for (const [parameter, field] of Object.entries(FIELDS)) {
    const value = query[parameter];
    if (value !== undefined) filter[field] = field.endsWith('_id') && isUuid(value) ? value.toLowerCase() : value;
  }
  const { entity_id, type } = filter;
  if (entity_id !== undefined && !isUuid(entity_id)) {
    filter['entity_id'] = splitStream(entity_id).entityId;
    if (!isUuid(filter['entity_id'])) fault('subject', 'must be a stream or an id', 'invalid');
  }
  if (type !== undefined && !EVENTS.has(type)) fault('type', 'must be an event type', 'enum', [...EVENTS.keys()]);
  for (const name of ['portal', 'developer', 'application', 'product', 'command']) {
    if (query[name] !== undefined && !isUuid(query[name])) fault(name, 'must be a UUID', 'is_uuid');
  }
  for (const name of ['from', 'to']) {
    const value = query[name];
    if (value === undefined) continue;
    if (isDateTime(value)) filter[name] = new Date(value).toISOString();
    else fault(name, 'must be an ISO 8601 date and time', 'is_date_time');
  }
  const order = query['order'];
  if (order !== undefined && order !== 'oldest' && order !== 'newest')
    fault('order', 'must be oldest or newest', 'enum', ['oldest', 'newest']);
  if (faults.length > 0) throw invalid(...faults);
  return filter as TimelineFilter;
}
