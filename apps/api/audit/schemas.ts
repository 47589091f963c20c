import { ref, type Schema } from '../http/operation.js';

const text: Schema = { type: 'string' };
const maybe: Schema = { type: ['string', 'null'] };
const uuid: Schema = { type: 'string', format: 'uuid' };
const maybeUuid: Schema = { type: ['string', 'null'], format: 'uuid' };
const time: Schema = { type: 'string', format: 'date-time' };
const day: Schema = { type: ['string', 'null'], format: 'date' };
const list = (items: Schema): Schema => ({ type: 'array', items });

const object = (properties: Readonly<Record<string, Schema>>, optional: readonly string[] = []): Schema => ({
  type: 'object',
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  properties,
});

const next: Schema = { type: ['string', 'null'], description: 'Cursor for `after`; null: there is no more.' };

export const auditSchemas: Readonly<Record<string, Schema>> = {
  AuditEntry: object(
    {
      id: uuid,
      position: { type: 'string', description: 'Place in the log: <log id>.<number>.' },
      type: text,
      stream: text,
      revision: { type: 'integer', description: 'Place in its stream, from 0.' },
      at: { type: ['string', 'null'], format: 'date-time' },
      words: { type: 'string', description: 'The event as a sentence, with the names that things had then.' },
      actor: object({
        kind: { enum: ['developer', 'admin', 'approver', 'integration', 'system', 'anonymous', null] },
        id: maybe,
        name: maybe,
      }),
      by: { enum: ['policy', null], description: 'policy: a setting decided, not the actor.' },
      reason: { type: ['string', 'null'], description: 'Why, in the words of whoever decided.' },
      basis: {
        type: 'object',
        additionalProperties: text,
        description: 'What the decision read: a stream and its revision, or a question with its answer and position.',
      },
      about: { type: ['string', 'null'], description: 'What the stream’s thing was called then.' },
      command: maybe,
      command_id: maybeUuid,
      correlation_id: maybeUuid,
      causation_id: maybeUuid,
      changes: {
        type: 'object',
        additionalProperties: object({ from: {}, to: {} }),
        description: 'What it changed; in stories only.',
      },
      data: { type: 'object', description: "The event's data, without digests of secrets." },
    },
    ['changes'],
  ),
  AuditStory: object(
    {
      stream: text,
      data: list(ref('AuditEntry')),
      last_used_on: { ...day, description: 'Of an application: the last day (UTC) on which it was used.' },
      next,
    },
    ['last_used_on'],
  ),
  AuditLastUsed: object({ data: list(ref('AuditApplicationUse')), next }),
  AuditApplicationUse: object({
    application_id: uuid,
    application_name: text,
    developer_id: uuid,
    portal_id: uuid,
    last_used_on: day,
    access: list(
      object({
        registration_id: uuid,
        product_version_id: uuid,
        product_name: text,
        product_version_name: text,
        status: text,
        last_used_on: day,
      }),
    ),
    credentials: list(
      object({ credential_id: uuid, display_name: text, status: text, created_at: time, last_used_on: day }),
    ),
  }),
  AuditEvents: object({ data: list(ref('AuditEntry')), next }),
  AuditPendingDecision: object({
    kind: { enum: ['developer', 'registration'] },
    id: { ...uuid, description: 'Of the developer or of the registration.' },
    since: time,
    waiting_seconds: { type: 'integer' },
    portal_id: uuid,
    portal_name: maybe,
    developer_id: uuid,
    developer_name: maybe,
    developer_email: maybe,
    developer_email_confirmed: { type: ['boolean', 'null'] },
    application_id: maybeUuid,
    application_name: maybe,
    application_last_used_on: { ...day, description: 'Null: no use is known, or there is no application.' },
    product_id: maybeUuid,
    product_name: maybe,
    product_version_id: maybeUuid,
    product_version_name: maybe,
    decide_with: list({ type: 'string', description: 'A command.' }),
  }),
  AuditPending: object({ data: list(ref('AuditPendingDecision')), total: { type: 'integer' }, next }),
};
