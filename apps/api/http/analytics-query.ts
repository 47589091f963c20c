import { ArrayMaxSize, ArrayMinSize, IsArray, IsIn } from 'class-validator';
import { LEVEL_MS } from '#consumption/calls.js';
import { DIMENSIONS, METRICS, type Dimension, type Filter, type Question } from '#consumption/statistics.js';
import { all, Distinct, Integer, Optional } from '#domain/core/validation.js';
import type { AnalyticsSettings } from '../analytics-settings.js';
import { readFilters } from './analytics-filters.js';
import type { Schema } from './operation.js';
import { invalid } from './problem.js';

const SomeOf = (choices: readonly string[], least: number, most: number): PropertyDecorator =>
  all(IsArray(), ArrayMinSize(least), ArrayMaxSize(most), IsIn([...choices], { each: true }), Distinct());

const ALL_DIMENSIONS = [...DIMENSIONS, 'TIME'];
const MOST_FILTERS = 20;
/** Buckets of time in an answer. */
const MOST_BUCKETS = 5_000;
/** The latest instant that a date can tell (ECMA-262, section 21.4.1.1). */
const LATEST_MS = 8.64e15;

/** A question about calls, as clients of the Konnect API ask it. */
export class AnalyticsQuery {
  /** Milliseconds since the epoch; both ends belong to the range. */
  @Integer(0, LATEST_MS) start_ms!: number;
  @Integer(0, LATEST_MS) end_ms!: number;
  @SomeOf([...METRICS.keys()], 1, 1) metrics!: string[];
  @Optional() @SomeOf(ALL_DIMENSIONS, 0, 2) dimensions?: string[];
  @Optional() @Integer(LEVEL_MS.minute, LATEST_MS) granularity_ms?: number;
  @all(Optional(), IsArray(), ArrayMaxSize(MOST_FILTERS)) filter?: unknown[];
}

const filterSchema: Schema = {
  type: 'object',
  required: ['dimension', 'type', 'values'],
  additionalProperties: false,
  properties: {
    dimension: { enum: DIMENSIONS },
    type: { enum: ['IN', 'NOT_IN'] },
    values: { type: 'array', items: { type: ['string', 'integer'] } },
  },
};

export const ANALYTICS_QUERY_SCHEMA: Schema = {
  type: 'object',
  required: ['start_ms', 'end_ms', 'metrics'],
  additionalProperties: false,
  properties: {
    start_ms: {
      type: 'integer',
      minimum: 0,
      description: 'Milliseconds since the epoch; both ends belong to the range.',
    },
    end_ms: { type: 'integer', minimum: 0 },
    metrics: { type: 'array', minItems: 1, maxItems: 1, items: { type: 'string', enum: [...METRICS.keys()] } },
    dimensions: { type: 'array', maxItems: 2, uniqueItems: true, items: { type: 'string', enum: ALL_DIMENSIONS } },
    granularity_ms: {
      type: 'integer',
      minimum: LEVEL_MS.minute,
      description: 'Length of a bucket of TIME, from start_ms on; a day unless given. Without TIME it says nothing.',
    },
    filter: { type: 'array', maxItems: MOST_FILTERS, items: filterSchema },
  },
};

/**
 * @param earliest how far back the asker may look, in milliseconds since the epoch
 * @throws Problem 400 naming the field
 */
export function readQuestion(query: AnalyticsQuery, earliest: number): Question {
  const { start_ms: start, end_ms: end, metrics, dimensions = [] } = query;
  const filters: readonly Filter[] = readFilters(query.filter ?? []);
  if (end < start) throw wrong('end_ms', 'must not be before start_ms');
  if (start < earliest)
    throw wrong('start_ms', `is further back than may be asked: not before ${new Date(earliest).toISOString()}`);
  const granularity = dimensions.includes('TIME') ? (query.granularity_ms ?? LEVEL_MS.day) : undefined;
  if (granularity !== undefined && (end - start) / granularity > MOST_BUCKETS)
    throw wrong('granularity_ms', `must be larger for this range: ${MOST_BUCKETS} buckets at most`);
  return {
    metric: metrics[0]!,
    dimensions: dimensions.filter((name) => name !== 'TIME') as Dimension[],
    window: { start, end, granularity },
    filters,
  };
}

/**
 * How far back developers may look. A portal shows a period beside the one before it, so that 90 days are asked for twofold;
 * and both begin with a whole hour or day of wherever the developer is.
 */
export const earliestFor = (period: AnalyticsSettings['period'], now: number): number =>
  period === '24h' ? now - 25 * LEVEL_MS.hour : now - 182 * LEVEL_MS.day;

const wrong = (field: string, reason: string) => invalid({ field, reason, rule: 'invalid', source: 'body' });
