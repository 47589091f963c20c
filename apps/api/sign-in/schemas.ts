import type { Schema } from '../http/operation.js';

const email: Schema = { type: 'string', format: 'email', maxLength: 250 };

export const signInSchemas: Readonly<Record<string, Schema>> = {
  PortalDeveloper: {
    type: 'object',
    description: 'The account of a developer, as its owner sees it.',
    additionalProperties: false,
    required: ['id', 'email', 'full_name', 'created_at', 'updated_at'],
    properties: {
      id: { type: 'string', format: 'uuid' },
      email,
      full_name: { type: 'string', maxLength: 250 },
      created_at: { type: 'string', format: 'date-time' },
      updated_at: { type: 'string', format: 'date-time' },
    },
  },
  PortalConfirmedEmail: {
    type: 'object',
    description: 'The confirmed address, and what to set the first password with.',
    additionalProperties: false,
    required: ['email', 'token'],
    properties: {
      email,
      token: { type: 'string', format: 'uuid', description: 'For reset-password; single use, good for one hour.' },
    },
  },
};
