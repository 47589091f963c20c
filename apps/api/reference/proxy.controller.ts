import { Controller, Inject } from '@nestjs/common';
import { IsArray, IsIn, IsString, Matches, MaxLength } from 'class-validator';
import { all, Id, Name, Optional } from '#domain/core/validation.js';
import { OutboundFailed } from '#outbound/outbound.js';
import { createBoundedQueue } from '#vault/bounded-queue.js';
import { markTried, TRIED_HEADER } from '../gateway/tried-calls.js';
import { Answer } from '../http/answer.interceptor.js';
import { Ctx, developerOf, type Context } from '../http/context.js';
import { Operation, ref } from '../http/operation.js';
import { invalid, Problem } from '../http/problem.js';
import { SERVICES, type Services } from '../services.js';
import { callingApplication } from './applications.js';
import { createServers, describedVersion } from './described.js';
import { areHeaders, type HeaderPairs } from './headers.js';
import { checkOwnPage } from './own-page.js';
import {
  exchange,
  failureProblem,
  MAX_REQUEST_BYTES,
  STATUS_OF_FAILURE,
  type Exchange,
  type ProxiedCall,
} from './proxy.js';
import { createRate } from './rate.js';
import { readTarget } from './target.js';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

const MAX_BASE64 = 4 * Math.ceil(MAX_REQUEST_BYTES / 3);
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

export class CallBody {
  @Id() application_id!: string;
  @IsIn(METHODS) method!: string;
  @Name(8192) url!: string;
  @all(IsArray()) headers!: unknown[];
  /** Base64. */
  @all(Optional(), IsString(), MaxLength(MAX_BASE64), Matches(BASE64)) body?: string;
}

const DESCRIPTION = `For the page at /reference, where the API does not let pages of this origin call it. The address must be below a
server that the version's specification lists. Neither cookies nor headers of the connection pass, in either direction; redirects
are not followed. The call goes to the API with whatever key the page was given, and counts as consumption of the application.`;

/** All calls at once: each may hold an answer of some megabytes. */
const ROOM = { parallel: 16, waiting: 32 };

/** Calls from the reference page to APIs that browsers may not call from there. */
@Controller()
export class ProxyController {
  private readonly serversOf: ReturnType<typeof createServers>;
  private readonly takePlace: ReturnType<typeof createRate>;
  private readonly room = createBoundedQueue(ROOM);

  constructor(@Inject(SERVICES) private readonly services: Services) {
    this.serversOf = createServers(services);
    this.takePlace = createRate(services.now);
  }

  @Operation({
    id: 'callFromReference',
    method: 'POST',
    path: '/reference/proxy/{productId}/{productVersionId}',
    tag: 'Portal: reference',
    summary: 'Call the API of a version for an application of one’s own',
    description: DESCRIPTION,
    access: 'developer',
    body: {
      class: CallBody,
      schema: {
        type: 'object',
        required: ['application_id', 'method', 'url', 'headers'],
        additionalProperties: false,
        properties: {
          application_id: { type: 'string', format: 'uuid', description: 'One with approved access to the version.' },
          method: { enum: METHODS },
          url: { type: 'string', maxLength: 8192, description: 'Whole, with its query.' },
          headers: ref('HeaderPairs'),
          body: {
            type: 'string',
            contentEncoding: 'base64',
            maxLength: MAX_BASE64,
            description: `At most ${MAX_REQUEST_BYTES / 1024} KB.`,
          },
        },
      },
    },
    responses: { 200: { description: 'What the API answered, whatever it was.', schema: ref('ProxiedAnswer') } },
    errors: [400, 401, 403, 404, 413, 429, 502, 503, 504],
  })
  async call(@Ctx() context: Context): Promise<Answer> {
    checkOwnPage(context.request);
    const body = context.body as unknown as CallBody;
    const developer = developerOf(context);
    const { version, specification } = await describedVersion(this.services, context, context.params);
    await callingApplication(this.services, { portal: context.portal, developer }, body.application_id, version.id);
    const call = readCall(body, (await this.serversOf(specification)).bases);
    const place = this.takePlace(developer.id);
    if (!place.granted) {
      throw new Problem(429, 'too_many_calls', 'These are many calls in a short time. Wait a moment.', {
        headers: { 'retry-after': String(place.retryAfterSeconds) },
      });
    }
    try {
      return answerOf(await this.room(() => this.counted(call, body.application_id, version.id)));
    } finally {
      place.leave();
    }
  }

  private async counted(call: ProxiedCall, application: string, version: string): Promise<Exchange> {
    const requestSize = call.body?.length ?? 0;
    const started = this.services.now();
    const tell = (status: number, more: { readonly latency?: number; readonly responseSize?: number } = {}) =>
      this.count({ application, version, status, time: started, requestSize, ...more });
    try {
      const answer = await exchange(this.services.outbound, call, {
        own: { [TRIED_HEADER]: markTried(this.services, application) },
      });
      tell(answer.status, { latency: answer.latencyMs, responseSize: answer.body.length });
      return answer;
    } catch (error) {
      if (!(error instanceof OutboundFailed)) throw error;
      const status = STATUS_OF_FAILURE[error.reason];
      if (status !== 0) tell(status);
      throw failureProblem(error);
    }
  }

  /** Where gateways send a record of each call, this one is among them, and only the use is noted. */
  private count(call: Parameters<Services['consumption']['count']>[0]): void {
    const { consumption, config } = this.services;
    if (config.analytics.count === 'checks') consumption.count(call);
    else if (config.analytics.count === 'records') consumption.used(call);
  }
}

const fault = (field: string, reason: string): Problem => invalid({ field, reason, rule: 'invalid', source: 'body' });

/** @throws Problem 400 naming the field at fault, never its value */
function readCall({ method, url, headers, body }: CallBody, bases: readonly string[]): ProxiedCall {
  if (!areHeaders(headers)) throw fault('headers', 'must be at most 100 pairs of a name and a value, on one line each');
  const target = readTarget(url, bases);
  if ('fault' in target) {
    throw target.fault === 'not-listed'
      ? fault('url', 'must be below a server that the specification of this version lists')
      : fault('url', 'must be a whole http or https address without user, fragment or segments that lead upwards');
  }
  const call = { method, url: target.url, headers: headers as HeaderPairs };
  return body === undefined || body === '' ? call : { ...call, body: Buffer.from(body, 'base64') };
}

/** The answer is JSON whatever the API sent, and not even that may run or be framed. */
const answerOf = ({ status, headers, body, latencyMs }: Exchange): Answer =>
  new Answer(
    { status, headers, body: Buffer.from(body).toString('base64'), latency_ms: Math.round(latencyMs) },
    {
      headers: {
        'cache-control': 'no-store',
        'content-security-policy': "sandbox; default-src 'none'; frame-ancestors 'none'",
        'content-disposition': 'attachment; filename="answer.json"',
      },
    },
  );
