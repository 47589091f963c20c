import { PROVIDER_TYPES } from '#domain/dcr-provider/events.js';
import type { Schema } from '../../http/operation.js';
import { flag, labels, object, text, textOrNull, texts, time, uuid } from './parts.js';

export const managementDcrSchemas: Readonly<Record<string, Schema>> = {
  AdminDcrProvider: object(
    'A server at which clients are registered for applications.',
    {
      id: uuid,
      name: { ...text, description: 'For administrators.' },
      display_name: text,
      provider_type: { enum: PROVIDER_TYPES },
      issuer: text,
      active: { ...flag, description: 'Whether an auth strategy in use registers its clients there.' },
      dcr_config: object(
        'Its settings; which of them there are depends on the type. Never a secret.',
        {
          dcr_base_url: text,
          disable_event_hooks: flag,
          disable_refresh_secret: flag,
          allow_multiple_credentials: flag,
          initial_client_id: text,
          registration_endpoint: textOrNull,
        },
        [
          'dcr_base_url',
          'disable_event_hooks',
          'disable_refresh_secret',
          'allow_multiple_credentials',
          'initial_client_id',
          'registration_endpoint',
        ],
      ),
      labels,
      created_at: time,
      updated_at: time,
    },
    ['display_name'],
  ),
  AdminDcrVerification: object('What came of trying a registration provider.', {
    status: { enum: ['success', 'failed'] },
    errors: { ...texts, description: 'What is wrong.' },
  }),
};
