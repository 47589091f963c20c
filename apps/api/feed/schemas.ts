import type { Schema } from '../http/operation.js';

const text: Schema = { type: 'string' };
const time: Schema = { type: 'string', format: 'date-time' };

export const feedSchemas: Readonly<Record<string, Schema>> = {
  CloudEvent: {
    type: 'object',
    description: 'CloudEvents 1.0, JSON format.',
    required: ['specversion', 'id', 'source', 'type', 'subject', 'time', 'sequence', 'authtype', 'data'],
    properties: {
      specversion: { const: '1.0' },
      id: { type: 'string', format: 'uuid', description: 'Unique with source; the same whenever it is read.' },
      source: { type: 'string', description: '/gatehouse/<log id>' },
      type: text,
      subject: { type: 'string', description: 'The stream.' },
      time,
      datacontenttype: { const: 'application/json' },
      sequence: { type: 'string', description: 'Position in the log, 20 digits: compare as text.' },
      revision: { type: 'integer', description: 'Place in its stream, from 0.' },
      recordedtime: time,
      authtype: { enum: ['app_user', 'user', 'service_account', 'system', 'unauthenticated', 'unknown'] },
      authid: { type: 'string', description: "A developer's id, or the name of a token or a part of the service." },
      decidedby: { const: 'policy', description: 'A setting decided, not the actor.' },
      portalid: text,
      command: text,
      commandid: text,
      correlationid: text,
      causationid: text,
      redacted: {
        type: 'string',
        description: 'Fields left out, comma-separated: personal, or derived from a secret.',
      },
      data: { type: 'object', description: 'As the event catalogue says for the type.' },
    },
  },
};
