import type { Schema } from '../http/operation.js';

export const referenceSchemas: Readonly<Record<string, Schema>> = {
  HeaderPairs: {
    type: 'array',
    maxItems: 100,
    items: { type: 'array', minItems: 2, maxItems: 2, items: { type: 'string', maxLength: 8192 } },
    description: 'Pairs of a name and a value.',
  },
  ProxiedAnswer: {
    type: 'object',
    required: ['status', 'headers', 'body', 'latency_ms'],
    properties: {
      status: { type: 'integer', description: 'As the API answered; redirects are not followed.' },
      headers: { type: 'array', items: { type: 'array', minItems: 2, maxItems: 2, items: { type: 'string' } } },
      body: { type: 'string', contentEncoding: 'base64' },
      latency_ms: { type: 'integer', description: 'Between this server and the API, with all of the body.' },
    },
  },
};
