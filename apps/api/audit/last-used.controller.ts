import { Controller, Inject } from '@nestjs/common';
import { isUuid } from '#domain/core/text.js';
import type { Condition, Doc } from '#read-models/port.js';
import { Answer } from '../http/answer.interceptor.js';
import { Ctx, type Context } from '../http/context.js';
import { limitParameter, nextLink, readInteger } from '../http/cursors.js';
import { Operation, ref } from '../http/operation.js';
import { portalParameter, readPortal } from '../http/portal-parameter.js';
import { invalid } from '../http/problem.js';
import { SERVICES, type Services } from '../services.js';
import { usesByApplication } from './uses.js';

const MOST = 100;
const STANDARD = 50;
/** Registrations and keys of a page of applications. */
const MOST_PARTS = 10_000;

const equal = (field: string, value: string): Condition => ({ field, op: 'eq', value });

/** Which access is used, and which could be taken away. */
@Controller()
export class LastUsedController {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  @Operation({
    id: 'listLastUsed',
    method: 'GET',
    path: '/audit/access/last-used',
    tag: 'Audit',
    summary: 'The last day on which each application, its access to each version and each of its keys was used',
    description:
      'Days are UTC; null: no use is known. What is known comes from gateways: their checks and their records.',
    access: { role: 'auditor' },
    query: {
      portal: portalParameter,
      application: { description: 'Only this one.', schema: { type: 'string', format: 'uuid' } },
      after: { description: 'A cursor, as `next` gave it.', schema: { type: 'string', format: 'uuid' } },
      limit: limitParameter(MOST, STANDARD),
    },
    responses: { 200: { description: 'Applications by id.', schema: ref('AuditLastUsed') } },
    errors: [400, 401, 403, 503],
  })
  async list(@Ctx() context: Context): Promise<Answer> {
    const { query } = context;
    const limit = readInteger(query, 'limit', { least: 1, most: MOST, standard: STANDARD });
    const portal = readPortal(query);
    const application = readId(query, 'application');
    const after = readId(query, 'after');
    const where: Condition[] = [
      ...(portal === undefined ? [] : [equal('portal_id', portal)]),
      ...(application === undefined ? [] : [equal('id', application)]),
      ...(after === undefined ? [] : [{ field: 'id', op: 'gt', value: after } as const]),
    ];
    const found = await this.services.reads.find('applications', { where, sort: [{ field: 'id' }], limit: limit + 1 });
    const docs = found.slice(0, limit);
    const next = found.length > limit ? docs.at(-1)!.id : null;
    const body = { data: await this.render(docs), next };
    return new Answer(
      body,
      next === null ? {} : { headers: { link: nextLink('/audit/access/last-used', query, next) } },
    );
  }

  private async render(docs: readonly Doc[]): Promise<readonly object[]> {
    const { reads, consumption } = this.services;
    const ids = docs.map(({ id }) => id);
    const where = [{ field: 'application_id', op: 'in', value: ids } as const];
    const [uses, registrations, credentials] = await Promise.all([
      consumption.usesOf(ids),
      reads.find('registrations', { where, limit: MOST_PARTS }),
      reads.find('credentials', { where, limit: MOST_PARTS }),
    ]);
    const usesOf = usesByApplication(uses);
    return docs.map(({ id, name, developer_id, portal_id }) => {
      const mine = ({ application_id }: Doc) => application_id === id;
      const used = usesOf(id);
      return {
        application_id: id,
        application_name: name,
        developer_id,
        portal_id,
        last_used_on: used.last,
        access: registrations.filter(mine).map((registration) => ({
          registration_id: registration.id,
          product_version_id: registration['product_version_id'],
          product_name: registration['product_name'],
          product_version_name: registration['product_version_name'],
          status: registration['status'],
          last_used_on: used.of('access', registration['product_version_id'] as string),
        })),
        credentials: credentials.filter(mine).map((credential) => ({
          credential_id: credential.id,
          display_name: credential['display_name'],
          status: credential['status'],
          created_at: credential['created_at'],
          last_used_on: used.of('credential', credential.id),
        })),
      };
    });
  }
}

/** @throws Problem 400 */
function readId(query: Readonly<Record<string, string>>, field: string): string | undefined {
  const value = query[field];
  if (value !== undefined && !isUuid(value))
    throw invalid({ field, reason: 'must be a UUID', rule: 'is_uuid', source: 'query' });
  return value?.toLowerCase();
}
