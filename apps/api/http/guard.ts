import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Authentication } from './authentication.js';
import type { Context, GatehouseRequest } from './context.js';
import { readIdempotency } from './idempotency.js';
import { checkOrigin } from './origin.js';
import { OPERATION, type OperationSpec } from './operation.js';
import { invalid, notFound, Problem, type InvalidParameter } from './problem.js';
import { checkFields, instanceOf } from './validation.js';
import { SERVICES, type Services } from '../services.js';
import { parsePosition } from './position.js';
import { isUuid } from '#domain/core/text.js';

const NO_QUERY = {};
const SAFE = new Set(['GET', 'HEAD']);

/** The one door of every declared operation: who calls, and is what they sent understood? */
@Injectable()
export class OperationGuard implements CanActivate {
  constructor(
    @Inject(SERVICES) private readonly services: Services,
    @Inject(Authentication) private readonly authentication: Authentication,
  ) {}

  async canActivate(execution: ExecutionContext): Promise<boolean> {
    const operation = Reflect.getMetadata(OPERATION, execution.getHandler()) as OperationSpec | undefined;
    if (!operation) return true;
    const http = execution.switchToHttp();
    const request = http.getRequest<GatehouseRequest>();
    const caller = request.caller ?? (await this.authentication.identify(operation, request));
    const changing = !SAFE.has(request.method);
    if (changing && caller.portal) checkOrigin(request, caller.portal.state);
    const params = checkParams(operation, request.params as Record<string, string>);
    const query = checkQuery(operation, request.query as Record<string, unknown>);
    const body = readBody(operation, request.body);
    const reason = readReason(request.headers['x-gatehouse-reason']);
    const expectedRevision = changing ? readIfMatch(request.headers['if-match']) : undefined;
    const idempotency = changing ? readIdempotency(request, caller.actor, this.services.keyring) : undefined;
    request.context = {
      operation,
      request,
      reply: http.getResponse(),
      ...caller,
      params,
      query,
      body,
      ...(reason === undefined ? {} : { reason }),
      ...(expectedRevision === undefined ? {} : { expectedRevision }),
      ...(idempotency ? { idempotency } : {}),
    } as Context;
    await this.waitUntilAtLeast(request.headers['gatehouse-at-least']);
    return true;
  }

  /** Read-your-writes: waits, bounded, until the views have reached the position that the caller knows of. */
  private async waitUntilAtLeast(header: string | string[] | undefined): Promise<void> {
    if (typeof header !== 'string') return;
    const position = parsePosition(header, this.services.store.logId, 'Gatehouse-At-Least');
    await this.services.projections.waitFor(position, 2000);
  }
}

function checkParams(operation: OperationSpec, params: Record<string, string>): Record<string, string> {
  const bad = Object.entries(params).filter(
    ([name, value]) => !operation.freeParams?.[name] && name !== '*' && !isUuid(value),
  );
  if (bad.length === 0) return lowerCaseIds(operation, params);
  if (!operation.errors.includes(400)) throw notFound();
  throw invalid(
    ...bad.map(([field]): InvalidParameter => ({ field, reason: 'must be a UUID', rule: 'is_uuid', source: 'path' })),
  );
}

/** UUIDs are written in lower case everywhere; a caller may send either (RFC 9562, section 4). */
const lowerCaseIds = (operation: OperationSpec, params: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, operation.freeParams?.[name] ? value : value.toLowerCase()]),
  );

function checkQuery(operation: OperationSpec, query: Record<string, unknown>): Record<string, string> {
  if (operation.query === 'any') return query as Record<string, string>;
  const known = operation.query ?? NO_QUERY;
  const faults: InvalidParameter[] = [];
  for (const [name, value] of Object.entries(query)) {
    const field = name.slice(0, 100);
    if (!Object.hasOwn(known, name))
      faults.push({ field, reason: 'is not a known parameter', rule: 'unknown_property', source: 'query' });
    else if (typeof value !== 'string')
      faults.push({ field, reason: 'must not be given twice', rule: 'invalid', source: 'query' });
    else if (value.includes('\0') || !value.isWellFormed())
      faults.push({ field, reason: 'must be plain text', rule: 'invalid', source: 'query' });
  }
  if (faults.length > 0) throw invalid(...faults);
  return query as Record<string, string>;
}

function readBody(operation: OperationSpec, body: unknown): Record<string, unknown> {
  const spec = operation.body;
  if (!spec) {
    const sent = body !== undefined && body !== null && Object.keys(body as object).length > 0;
    if (sent)
      throw invalid({ field: 'body', reason: 'is not expected here', rule: 'unknown_property', source: 'body' });
    return {};
  }
  const fields = checkFields(body, spec);
  return spec.fields ? fields : (instanceOf(spec.class, fields) as Record<string, unknown>);
}

/** X-Gatehouse-Reason: percent-encoded UTF-8, at most 1,000 characters. */
function readReason(header: string | string[] | undefined): string | undefined {
  if (header === undefined || header === '') return undefined;
  const field = 'X-Gatehouse-Reason';
  try {
    const reason = decodeURIComponent(String(header));
    if ([...reason].length <= 1000) return reason;
  } catch {
    throw invalid({ field, reason: 'must be percent-encoded UTF-8', rule: 'invalid', source: 'header' });
  }
  throw invalid({
    field,
    reason: 'must not have more than 1000 characters',
    rule: 'max_length',
    maximum: 1000,
    source: 'header',
  });
}

/** The revision part of an entity tag; `*` asks only that the thing exists, which every mutation does. */
function readIfMatch(header: string | undefined): number | undefined {
  if (header === undefined || header.trim() === '*') return undefined;
  const match = /^"(\d+)(?:\.[\w-]+)?"$/.exec(header.trim());
  if (!match)
    throw new Problem(
      412,
      'precondition_failed',
      'If-Match must hold one ETag of this resource, as the last answer gave it.',
    );
  return Number(match[1]);
}
