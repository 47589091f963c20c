import { ref, type Schema } from '../http/operation.js';

const text: Schema = { type: 'string' };
const uuid: Schema = { type: 'string', format: 'uuid' };
const texts: Schema = { type: 'array', items: text };
const position: Schema = { type: 'string', description: 'Place in the log: <log id>.<number>.' };

const object = (properties: Readonly<Record<string, Schema>>): Schema => ({
  type: 'object',
  required: Object.keys(properties),
  properties,
});

const PERMISSIONS = ['anonymous', 'owner', 'admin', 'approver', 'integration', 'system'];

export const commandsSchemas: Readonly<Record<string, Schema>> = {
  CommandAnswer: object({
    command_id: uuid,
    outcome: { enum: ['accepted', 'unchanged'], description: 'unchanged: it was so already, nothing was written.' },
    result: { type: 'object', description: 'What was changed, as it is now; secrets only here and only once.' },
    stream: text,
    revision: { type: 'integer', description: 'Of the stream; what If-Match and expected_revision compare.' },
    position: { type: ['string', 'null'], description: 'Of the last event written: <log id>.<number>.' },
    events: { type: 'array', items: object({ id: uuid, type: text }) },
  }),
  CommandDescription: object({
    name: text,
    does: text,
    path: { type: ['string', 'null'], description: 'Where to send it; null: not through this surface.' },
    permission: { type: 'array', items: { enum: PERMISSIONS } },
    writes: { type: 'string', description: 'The kind of stream that it writes.' },
    expects: { enum: ['new', 'existing'], description: 'Whether the stream must be there.' },
    on_conflict: { enum: ['retry', 'refuse'], description: 'What happens if another command came first.' },
    causes: texts,
    schema: { type: 'object', description: 'JSON Schema 2020-12 of the body.' },
  }),
  CommandCatalogue: object({ data: { type: 'array', items: ref('CommandDescription') } }),
  CommandReceipt: object({
    command_id: uuid,
    command: text,
    actor: object({ kind: text, id: text }),
    at: { type: 'string', format: 'date-time' },
    stream: text,
    position,
    events: { type: 'array', items: object({ id: uuid, type: text, position }) },
  }),
};
