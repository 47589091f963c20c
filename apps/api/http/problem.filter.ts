import { Catch, HttpException, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BlobsUnavailable } from '#blobs/port.js';
import { ConsumptionUnavailable } from '#consumption/port.js';
import { PayloadMismatch } from '#command-handling/receipts.js';
import { ParserBusy } from '#documents/worker-queue.js';
import { StoreUnavailable } from '#event-store/port.js';
import { ReadModelsUnavailable } from '#read-models/port.js';
import { TooBusy } from '#vault/bounded-queue.js';
import { PersonForgotten } from '#vault/person-keys.js';
import { VaultUnavailable } from '#vault/port.js';
import type { GatehouseRequest } from './context.js';
import { OPERATIONS } from './operation.js';
import { Problem } from './problem.js';
import { SERVICES, type Services } from '../services.js';

/** What Fastify finds before any controller; Nest passes on only the status. */
const BEFORE_CONTROLLERS: Readonly<Record<number, Problem>> = {
  400: new Problem(400, 'bad_request', 'The request cannot be read.'),
  408: new Problem(408, 'too_slow', 'The request took too long to arrive.'),
  413: new Problem(413, 'body_too_large', 'The body is larger than this operation takes.'),
  414: new Problem(414, 'uri_too_long', 'A part of the path is too long.'),
  415: new Problem(415, 'unsupported_media_type', 'The body must be application/json.'),
};

/** As much of a request as a problem may depend on. */
type FailedRequest = { readonly url: string } & Partial<Pick<GatehouseRequest, 'context'>>;

/** Turns whatever went wrong into a Problem; what is not expected becomes a 500 without a word about its cause. */
export function toProblem(error: unknown, request: FailedRequest): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof StoreUnavailable) {
    return new Problem(
      503,
      'store_unavailable',
      'The service cannot write or read its log at the moment. Try again with the same Idempotency-Key.',
      { headers: { 'retry-after': '2' } },
    );
  }
  if (error instanceof ReadModelsUnavailable || error instanceof BlobsUnavailable) {
    return new Problem(
      503,
      'read_models_unavailable',
      'What this is answered from cannot be reached at the moment. Commands may still be accepted. Try again.',
      { headers: { 'retry-after': '2' } },
    );
  }
  if (error instanceof ConsumptionUnavailable) {
    return new Problem(
      503,
      'consumption_unavailable',
      'Consumption cannot be read or stored at the moment. Try again; a batch counts once.',
      { headers: { 'retry-after': '2' } },
    );
  }
  if (error instanceof VaultUnavailable || error instanceof TooBusy || error instanceof ParserBusy) {
    return new Problem(503, 'busy', 'The service cannot do this at the moment. Try again.', {
      headers: { 'retry-after': '2' },
    });
  }
  if (error instanceof PayloadMismatch) {
    return new Problem(
      422,
      'idempotency_key_reused',
      'This Idempotency-Key was used for another request. Use a new key for a new request.',
    );
  }
  if (error instanceof PersonForgotten) {
    // Removed while this was under way. The portal API uses only the statuses that an operation declares.
    const conflict = request.context?.operation.errors.includes(409) ?? false;
    return new Problem(conflict ? 409 : 404, 'person_forgotten', 'This developer was removed and is forgotten.');
  }
  const { statusCode } = error as { statusCode?: number };
  const status = error instanceof HttpException ? error.getStatus() : statusCode;
  if (status === 404) return noRoute(request);
  if (status !== undefined && status < 500) return BEFORE_CONTROLLERS[status] ?? BEFORE_CONTROLLERS[400]!;
  return new Problem(500, 'internal_error', 'Something went wrong here. Quote the instance when you report it.');
}

function noRoute(request: { url: string }): Problem {
  const allowed = methodsOf(request.url.split('?')[0]!);
  if (allowed.length === 0)
    return new Problem(404, 'no_such_route', 'There is nothing at this address. /docs lists what there is.');
  return new Problem(405, 'method_not_allowed', `Only ${allowed.join(', ')} here.`, {
    headers: { allow: allowed.join(', ') },
  });
}

function methodsOf(path: string): string[] {
  const fits = OPERATIONS.filter((o) => new RegExp(`^${o.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(path));
  return [...new Set(fits.map((o) => o.method))];
}

/** Sends a problem on a Fastify reply. */
export function sendProblem(problem: Problem, request: FastifyRequest, reply: FastifyReply): void {
  for (const [name, value] of Object.entries(problem.options.headers ?? {})) reply.header(name, value);
  reply.header('content-type', 'application/problem+json; charset=utf-8');
  reply.status(problem.status).send(JSON.stringify(problem.body(request.id)));
}

@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const problem = toProblem(error, request);
    if (problem.status === 500) this.services.log.error({ err: error, request: request.id }, 'unexpected error');
    sendProblem(problem, request, host.switchToHttp().getResponse<FastifyReply>());
  }
}
