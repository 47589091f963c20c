import { ref, type Schema } from '../../http/operation.js';
import { count, flag, labels, object, text, textOrNull, texts, time, uuid } from './parts.js';

const status: Schema = { enum: ['approved', 'pending', 'revoked', 'rejected'] };

const named = (description: string): Schema => object(description, { id: uuid, name: text });

export const managementPortalsSchemas: Readonly<Record<string, Schema>> = {
  AdminPortal: object('A portal: its settings and what it holds.', {
    id: uuid,
    name: text,
    display_name: { ...text, description: 'What developers see as its name.' },
    description: textOrNull,
    default_domain: { ...text, description: 'Given when the portal was created; stays when it is renamed.' },
    is_public: flag,
    rbac_enabled: flag,
    auto_approve_applications: flag,
    auto_approve_developers: flag,
    custom_domain: textOrNull,
    custom_client_domain: textOrNull,
    default_application_auth_strategy_id: { type: ['string', 'null'], format: 'uuid' },
    labels,
    application_count: count,
    developer_count: count,
    published_product_count: count,
    created_at: time,
    updated_at: time,
  }),
  AdminPublishedProduct: object('A product that a portal lists.', {
    id: uuid,
    name: text,
    description: textOrNull,
    portal_ids: { type: 'array', items: uuid, uniqueItems: true, description: 'Every portal that lists it.' },
    version_count: { ...count, description: 'Versions published on this portal.' },
    labels,
    created_at: time,
    updated_at: time,
  }),
  AdminUsedStrategy: {
    description: 'An auth strategy as developers know it.',
    oneOf: [
      object(
        'API keys.',
        {
          id: uuid,
          name: text,
          credential_type: { enum: ['key_auth'] },
          key_names: texts,
          ttl: object('How long a new key lives.', {
            value: { type: 'integer', minimum: 1 },
            unit: { enum: ['days', 'weeks', 'years'] },
          }),
        },
        ['ttl'],
      ),
      object(
        'Tokens of an identity provider.',
        {
          id: uuid,
          name: text,
          credential_type: { enum: ['client_credentials', 'self_managed_client_credentials'] },
          auth_methods: texts,
          available_scopes: texts,
        },
        ['available_scopes'],
      ),
    ],
  },
  AdminPublication: object('How a product version is offered on a portal.', {
    id: uuid,
    product_version_id: uuid,
    publish_status: { enum: ['published', 'unpublished'] },
    auth_strategies: { type: 'array', maxItems: 1, items: ref('AdminUsedStrategy') },
    application_registration_enabled: flag,
    auto_approve_registration: flag,
    deprecated: flag,
    created_at: time,
    updated_at: time,
  }),
  AdminPublishProducts: {
    type: 'object',
    additionalProperties: false,
    required: ['api_products'],
    properties: {
      api_products: {
        type: 'object',
        description: 'Product id to what becomes of it; null takes it off the portal.',
        maxProperties: 100,
        propertyNames: { format: 'uuid' },
        additionalProperties: {
          type: ['object', 'null'],
          additionalProperties: false,
          required: ['publish_status'],
          properties: { publish_status: { enum: ['published', 'unpublished'] } },
        },
      },
    },
  },
  AdminDeveloper: object('A developer of a portal.', {
    id: uuid,
    email: { type: 'string', format: 'email' },
    full_name: text,
    status,
    application_count: count,
    created_at: time,
    updated_at: time,
  }),
  AdminApplication: object(
    "A developer's application.",
    {
      id: uuid,
      name: text,
      description: textOrNull,
      labels,
      reference_id: text,
      registration_count: { ...count, description: 'Registrations of any status.' },
      dcr_provider: {
        ...object('Where its client is registered; null: the portal registered none.', { id: uuid }),
        type: ['object', 'null'],
      },
      portal: object('The portal it is on.', { id: uuid }),
      developer: object('Its owner.', { id: uuid, name: text, email: text }),
      auth_strategy: ref('AdminUsedStrategy'),
      granted_scopes: { type: ['array', 'null'], items: text, description: 'Null with API keys.' },
      created_at: time,
      updated_at: time,
    },
    ['auth_strategy'],
  ),
  AdminRegistration: object('Access of an application to a product version.', {
    id: uuid,
    status,
    application: named('The application.'),
    product: named('The product.'),
    product_version: named('Its version.'),
    developer: named('The owner of the application.'),
    granted_scopes: { type: ['array', 'null'], items: text, description: 'Null with API keys.' },
    created_at: time,
    updated_at: time,
  }),
  AdminGrantedScopes: object('Scopes of an approved registration.', { data: texts }),
};
