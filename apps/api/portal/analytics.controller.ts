import { Controller } from '@nestjs/common';
import { ArrayMaxSize, IsArray, IsIn } from 'class-validator';
import { all, Distinct, Integer, Optional } from '#domain/core/validation.js';
import { Operation, ref } from '../http/operation.js';
import { invalid } from '../http/problem.js';

const METRICS = [
  ...['REQUEST_COUNT', 'REQUEST_PER_MINUTE'],
  ...['RESPONSE_LATENCY', 'RESPONSE_SIZE', 'REQUEST_SIZE'].flatMap((of) => [`${of}_P99`, `${of}_P95`, `${of}_P50`]),
];
const DIMENSIONS = ['API_PRODUCT_VERSION', 'APPLICATION', 'STATUS_CODE', 'STATUS_CODE_GROUPED', 'TIME'];

const SomeOf = (choices: readonly string[], most: number): PropertyDecorator =>
  all(IsArray(), ArrayMaxSize(most), IsIn([...choices], { each: true }), Distinct());

/** What clients of the Konnect API ask of it. */
export class AnalyticsQuery {
  /** Milliseconds since the epoch; both ends belong to the range. */
  @Integer(0) start_ms!: number;
  @Integer(0) end_ms!: number;
  @SomeOf(METRICS, 1) metrics!: string[];
  @Optional() @SomeOf(DIMENSIONS, 2) dimensions?: string[];
  @Optional() @Integer(1) granularity_ms?: number;
  @Optional() @IsArray() filter?: object[];
}

const tag = 'Portal: analytics';

/** Calls pass through the gateway, not through here: there are no figures, and clients hide what would show them. */
@Controller()
export class AnalyticsController {
  @Operation({
    id: 'get-application-analytics-config',
    method: 'GET',
    path: '/api/v2/stats/config',
    tag,
    summary: 'Whether there are analytics: there are none',
    access: 'developer',
    responses: { 200: { description: 'None.', schema: ref('PortalAnalyticsConfig') } },
    errors: [401, 404],
  })
  config() {
    return { analytics: null };
  }

  @Operation({
    id: 'query-application-analytics',
    method: 'POST',
    path: '/api/v2/stats',
    tag,
    summary: 'Figures on the use of applications: not available here',
    access: 'developer',
    body: { class: AnalyticsQuery },
    responses: { 200: { description: 'Figures.', schema: ref('PortalAnalytics') } },
    errors: [400, 401, 403, 404],
  })
  query(): never {
    const reason = 'cannot be answered: there are no analytics on this portal, as /api/v2/stats/config says';
    throw invalid({ field: 'metrics', reason, rule: 'invalid', source: 'body' });
  }
}
