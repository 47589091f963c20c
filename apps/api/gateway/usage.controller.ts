import { hash } from 'node:crypto';
import { Controller, Inject } from '@nestjs/common';
import { ArrayMaxSize, ArrayMinSize, IsArray } from 'class-validator';
import { Name, all, Optional } from '#domain/core/validation.js';
import { FATES } from '#consumption/ingestion.js';
import { readRecords } from '#consumption/records.js';
import { Answer } from '../http/answer.interceptor.js';
import { Ctx, type Context } from '../http/context.js';
import { Operation, ref } from '../http/operation.js';
import { portalParameter, readPortal } from '../http/portal-parameter.js';
import { invalid, Problem } from '../http/problem.js';
import { SERVICES, type Services } from '../services.js';

const MOST_RECORDS = 5_000;

export class UsageBatch {
  /** Tells a batch that is sent again. */
  @Optional() @Name(200) batch_id?: string;
  @all(IsArray(), ArrayMinSize(1), ArrayMaxSize(MOST_RECORDS)) records!: unknown[];
}

const DESCRIPTION = `Each batch counts once, however often it is sent: it is known by its batch_id (per sender) or, without one, by its
content. What becomes of each record is in the answer: accepted; late, more than 48 hours old; future, more than 5 minutes
ahead; duplicate, an id that the batch has already; unknown, an application or version that never was. Only the accepted count.
A record that is not understood fails the whole batch with 400, and nothing of it is stored.`;

/** What gateways tell of the calls that they let through. */
@Controller()
export class UsageController {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  @Operation({
    id: 'reportUsage',
    method: 'POST',
    path: '/gateway/usage',
    tag: 'Gateway',
    summary: 'A batch of calls that were made, for analytics',
    description: DESCRIPTION,
    access: { role: 'gateway' },
    query: { portal: portalParameter },
    body: {
      class: UsageBatch,
      large: true,
      schema: {
        type: 'object',
        required: ['records'],
        additionalProperties: false,
        properties: {
          batch_id: { type: 'string', minLength: 1, maxLength: 200 },
          records: { type: 'array', minItems: 1, maxItems: MOST_RECORDS, items: ref('UsageRecord') },
        },
      },
    },
    responses: { 200: { description: 'Stored, on disk.', schema: ref('UsageReceived') } },
    errors: [400, 401, 403, 409, 413, 422, 503],
  })
  async report(@Ctx() context: Context): Promise<Answer> {
    const { consumption, config, metrics } = this.services;
    if (config.analytics.count === 'off') {
      throw new Problem(409, 'analytics_off', 'Nothing is counted here: GATEHOUSE_ANALYTICS is off.');
    }
    const { batch_id, records: sent } = context.body as unknown as UsageBatch;
    const { records, faults } = readRecords(sent);
    if (faults.length > 0) throw invalid(...faults.map((fault) => ({ ...fault, source: 'body' as const })));
    const digest = hash('sha256', JSON.stringify(sent), 'hex');
    const name = batch_id ?? digest;
    const portal = readPortal(context.query);
    const received = await consumption.ingest({ id: `${context.actor.id}/${name}`, digest, portal, records });
    if (received.outcome === 'reused') {
      const detail = 'Another batch was sent under this batch_id before: give each batch an id of its own.';
      throw new Problem(422, 'batch_id_reused', detail, { extra: { field: 'batch_id' } });
    }
    const repeated = received.outcome === 'repeated';
    if (!repeated) for (const fate of FATES) metrics.usageRecords.inc({ fate }, received.fates[fate]);
    return new Answer({ batch_id: name, repeated, ...received.fates }, { headers: { 'cache-control': 'no-store' } });
  }
}
