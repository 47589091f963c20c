import { Controller, Inject } from '@nestjs/common';
import { isUuid } from '#domain/core/text.js';
import type { Condition } from '#read-models/port.js';
import { Answer } from '../http/answer.interceptor.js';
import { Ctx, type Context } from '../http/context.js';
import { limitParameter, nextLink, readInteger } from '../http/cursors.js';
import { Operation, ref } from '../http/operation.js';
import { invalid } from '../http/problem.js';
import { SERVICES, type Services } from '../services.js';
import { renderPending, type PendingDoc } from './pending.js';

const MOST = 100;
const STANDARD = 50;
const KINDS = ['developer', 'registration'] as const;

/** Where a page ended: things that wait since the same moment go by id. */
interface Cursor {
  readonly since: string;
  readonly id: string;
}

@Controller()
export class PendingController {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  @Operation({
    id: 'listPendingDecisions',
    method: 'GET',
    path: '/audit/pending',
    tag: 'Audit',
    summary: 'What waits for a decision, oldest first, and for how long.',
    access: { role: 'auditor' },
    query: {
      kind: { description: 'Sign-ups, or requests for access.', schema: { enum: KINDS } },
      portal: { description: 'Only of this portal.', schema: { type: 'string', format: 'uuid' } },
      after: { description: 'A cursor, as `next` gave it.', schema: { type: 'string' } },
      limit: limitParameter(MOST, STANDARD),
    },
    responses: { 200: { description: 'What waits longest.', schema: ref('AuditPending') } },
    errors: [400, 401, 403, 503],
  })
  async list(@Ctx() context: Context): Promise<Answer> {
    const { query } = context;
    const limit = readInteger(query, 'limit', { least: 1, most: MOST, standard: STANDARD });
    const where = readConditions(query);
    const after = query['after'] === undefined ? undefined : readCursor(query['after']);
    const found = await this.page(where, after, limit + 1);
    const docs = found.slice(0, limit);
    const last = docs.at(-1);
    const next = found.length > limit && last ? writeCursor(last) : null;
    const body = {
      data: await renderPending(docs, this.services.now(), this.services),
      total: await this.services.reads.count('pending', [...where, { field: 'since', op: 'gt', value: '' }]),
      next,
    };
    return new Answer(body, next === null ? {} : { headers: { link: nextLink('/audit/pending', query, next) } });
  }

  private async page(where: readonly Condition[], after: Cursor | undefined, limit: number): Promise<PendingDoc[]> {
    const ask = (conditions: readonly Condition[], most: number) =>
      this.services.reads.find('pending', {
        where: [...where, ...conditions],
        sort: [{ field: 'since' }],
        limit: most,
      }) as Promise<PendingDoc[]>;
    if (!after) return ask([{ field: 'since', op: 'gt', value: '' }], limit);
    const same = await ask(
      [
        { field: 'since', op: 'eq', value: after.since },
        { field: 'id', op: 'gt', value: after.id },
      ],
      limit,
    );
    if (same.length === limit) return same;
    return [...same, ...(await ask([{ field: 'since', op: 'gt', value: after.since }], limit - same.length))];
  }
}

/** @throws Problem 400 naming the parameter */
function readConditions({ kind, portal }: Readonly<Record<string, string>>): readonly Condition[] {
  if (kind !== undefined && !KINDS.some((known) => known === kind))
    throw invalid({ field: 'kind', reason: `must be one of ${KINDS.join(', ')}`, rule: 'enum', choices: KINDS, source: 'query' }); // prettier-ignore
  if (portal !== undefined && !isUuid(portal))
    throw invalid({ field: 'portal', reason: 'must be a UUID', rule: 'is_uuid', source: 'query' });
  return [
    ...(kind === undefined ? [] : [{ field: 'kind', op: 'eq', value: kind } as const]),
    ...(portal === undefined ? [] : [{ field: 'portal_id', op: 'eq', value: portal.toLowerCase() } as const]),
  ];
}

const writeCursor = ({ since, id }: Cursor): string => Buffer.from(`${since} ${id}`).toString('base64url');

function readCursor(text: string): Cursor {
  const [since, id] = Buffer.from(text, 'base64url').toString('utf8').split(' ');
  if (since && id && isUuid(id)) return { since, id };
  throw invalid({ field: 'after', reason: 'must be a cursor, as `next` gave it', rule: 'invalid', source: 'query' });
}
