import type { CommandEntry } from '#domain/core/command.js';
import { ref, type OperationSpec } from '../http/operation.js';
import { roleFor } from './sendable.js';

const TAG = 'Commands';

const SECRET_FACTS: ReadonlySet<string> = new Set(['application.credential-generated.v1', 'service-token.issued.v1']);

/** A command that shows a secret once. */
export const makesSecret = ({ causes }: CommandEntry): boolean => causes.some((type) => SECRET_FACTS.has(type));

/** Every command is an operation of its own, with its own schema. */
export const sendOperation = (name: string, entry: CommandEntry): OperationSpec => ({
  id: `send${name}`,
  method: 'POST',
  path: `/commands/${name}`,
  tag: TAG,
  summary: entry.does,
  description: `Writes the stream ${entry.aggregate}-<id>. May cause ${entry.causes.join(', ')}.`,
  access: { role: roleFor(entry) },
  body: { class: entry.command },
  fromOutcome: true,
  responses: { 200: { description: 'Accepted, or nothing to change (outcome).', schema: ref('CommandAnswer') } },
  errors: [400, 401, 403, 404, 409, 413, 415, 503],
});

export const LIST_COMMANDS: OperationSpec = {
  id: 'listCommands',
  method: 'GET',
  path: '/commands',
  tag: TAG,
  summary: 'Every command: what it does, its JSON Schema, who may send it, and the events that it may cause.',
  access: { role: 'integration' },
  responses: { 200: { description: 'The commands, in the order of the table.', schema: ref('CommandCatalogue') } },
  errors: [401, 403],
};

export const READ_RECEIPT: OperationSpec = {
  id: 'readCommandReceipt',
  method: 'GET',
  path: '/commands/{id}',
  tag: TAG,
  summary: 'The receipt of a command that was accepted: what it wrote, when, for whom. Never a secret.',
  description: 'A command that was refused, or found nothing to change, has left no trace and no receipt.',
  access: { role: 'integration' },
  responses: { 200: { description: 'The receipt.', schema: ref('CommandReceipt') } },
  errors: [401, 403, 404],
};
