import { RECORD_SCHEMA } from '#consumption/records.js';
import { FATES } from '#consumption/ingestion.js';
import type { Schema } from '../http/operation.js';

const count: Schema = { type: 'integer', minimum: 0 };

export const gatewaySchemas: Readonly<Record<string, Schema>> = {
  UsageRecord: RECORD_SCHEMA,
  UsageReceived: {
    type: 'object',
    required: ['batch_id', 'repeated', ...FATES],
    properties: {
      batch_id: { type: 'string' },
      repeated: { type: 'boolean', description: 'The batch was received before, and changed nothing now.' },
      ...Object.fromEntries(FATES.map((fate) => [fate, count])),
    },
  },
};
