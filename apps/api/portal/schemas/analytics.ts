import { DIMENSIONS, METRICS } from '#consumption/statistics.js';
import type { Schema } from '../../http/operation.js';

const texts: Schema = { type: 'array', items: { type: 'string' } };
const time: Schema = { type: 'string', format: 'date-time' };
const metrics = [...METRICS.keys()];

const closed = (properties: Readonly<Record<string, Schema>>, required = Object.keys(properties)): Schema => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties,
});

const each = (names: readonly string[], schema: Schema): Readonly<Record<string, Schema>> =>
  Object.fromEntries(names.map((name) => [name, schema]));

const meta = {
  dimensions: closed(each(DIMENSIONS, texts), []),
  metric_names: { type: 'array', items: { enum: metrics }, minItems: 1, maxItems: 1 },
  metric_units: closed(each(metrics, { enum: ['count', 'count/minute', 'ms', 'bytes'] }), []),
  start_ms: { type: 'integer' },
  end_ms: { type: 'integer' },
  granularity: { type: 'integer', description: 'Milliseconds of a bucket; of the whole range without TIME.' },
  truncated: {
    type: 'boolean',
    description: 'A dimension has more than 50 values: those with the most calls are here.',
  },
};

const records: Schema = {
  type: 'array',
  items: closed({
    event: closed({ ...each(metrics, { type: 'number' }), ...each(DIMENSIONS, { type: 'string' }) }, []),
    timestamp: { ...time, description: 'Start of the bucket; of the query without TIME.' },
  }),
};

export const analyticsSchemas: Readonly<Record<string, Schema>> = {
  PortalAnalyticsConfig: closed({
    analytics: {
      anyOf: [
        { type: 'null' },
        closed({ percentiles: { type: 'boolean' }, retention_ms: { type: 'integer', minimum: 0 } }),
      ],
    },
  }),
  PortalAnalytics: closed({ meta: closed(meta), records }),
  AccessStatistics: closed({
    meta: closed({
      ...meta,
      names: {
        type: 'object',
        additionalProperties: { type: ['string', 'null'] },
        description: 'What the applications and versions among the values are called; null: they are gone.',
      },
    }),
    records,
  }),
};
