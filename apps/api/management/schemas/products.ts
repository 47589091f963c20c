import { ref, type Schema } from '../../http/operation.js';
import { count, flag, labels, object, text, textOrNull, texts, time, uuid } from './parts.js';

const publishStatus: Schema = { enum: ['published', 'unpublished'] };
const parent: Schema = { type: ['string', 'null'], format: 'uuid', description: 'Null at the top.' };
const publicLabels: Schema = { ...labels, description: 'Shown to developers.' };
const list = (items: Schema): Schema => ({ type: 'array', items });

const summary = {
  id: uuid,
  parent_document_id: parent,
  slug: { ...text, description: 'Unique within the product.' },
  title: text,
  status: publishStatus,
  created_at: time,
  updated_at: time,
};

const metadata: Schema = { type: 'object', description: 'What the writers added.' };

const strategy = {
  id: uuid,
  name: { ...text, description: 'For administrators.' },
  display_name: { ...text, description: 'For developers.' },
  active: { ...flag, description: 'Whether a product version is published with it.' },
  dcr_provider: {
    ...object(
      'The provider that registers clients for it; null: none does.',
      { id: uuid, name: text, display_name: text, provider_type: text },
      ['display_name'],
    ),
    type: ['object', 'null'],
  },
  labels,
  supports_multiple_credentials: flag,
  created_at: time,
  updated_at: time,
};

export const managementProductsSchemas: Readonly<Record<string, Schema>> = {
  AdminProduct: object('An API product.', {
    id: uuid,
    name: text,
    description: textOrNull,
    portal_ids: { type: 'array', items: uuid, uniqueItems: true, deprecated: true, description: 'See portals.' },
    portals: list(object('A portal that lists it.', { portal_id: uuid, portal_name: text })),
    version_count: count,
    labels,
    public_labels: publicLabels,
    created_at: time,
    updated_at: time,
  }),
  AdminProductVersion: object('A version of a product.', {
    id: uuid,
    name: text,
    gateway_service: {
      ...object('The service at a gateway that implements it.', {
        id: uuid,
        control_plane_id: uuid,
        runtime_group_id: { ...uuid, deprecated: true, description: 'The control plane under its former name.' },
      }),
      type: ['object', 'null'],
    },
    publish_status: { ...publishStatus, deprecated: true, description: 'published: on one portal at least.' },
    deprecated: { ...flag, deprecated: true, description: 'On one portal at least.' },
    labels,
    portals: list(
      object('A portal that it is configured for.', {
        portal_id: uuid,
        portal_name: text,
        portal_product_version_id: uuid,
        publish_status: publishStatus,
        deprecated: flag,
        application_registration_enabled: flag,
        auto_approve_registration: flag,
        auth_strategies: list(object('None or one.', { id: uuid, name: text })),
      }),
    ),
    created_at: time,
    updated_at: time,
  }),
  AdminSpecification: object('The specification of a version.', {
    id: uuid,
    name: text,
    content: { ...text, description: 'The text as it was uploaded, not base64.' },
    created_at: time,
    updated_at: time,
  }),
  AdminDocumentSummary: object('A document, without its text.', summary),
  AdminDocumentTree: object('A document with those below it.', {
    ...summary,
    metadata,
    children: list(ref('AdminDocumentTree')),
  }),
  AdminDocument: object('A document with its text.', {
    ...summary,
    metadata,
    content: { ...text, description: 'The Markdown, not base64.' },
    ast: { ...list(ref('PortalDocumentNode')), description: 'The nodes that the Markdown means.' },
  }),
  AdminAuthStrategy: {
    description: 'How applications prove who they are.',
    oneOf: [
      object('With API keys.', {
        ...strategy,
        strategy_type: { enum: ['key_auth'] },
        configs: object('Its settings.', {
          'key-auth': object(
            'What a key is sent in, and how long it lives.',
            {
              key_names: texts,
              ttl: object('How long a new key lives.', {
                value: { type: 'integer', minimum: 1 },
                unit: { enum: ['days', 'weeks', 'years'] },
              }),
            },
            ['ttl'],
          ),
        }),
      }),
      object('With tokens of an identity provider.', {
        ...strategy,
        strategy_type: { enum: ['openid_connect'] },
        configs: object('Its settings.', {
          'openid-connect': {
            ...object('The provider, and whatever else the plugin of the gateway understands.', {
              issuer: { type: 'string', format: 'uri' },
              credential_claim: texts,
              scopes: texts,
              auth_methods: texts,
            }),
            additionalProperties: true,
          },
        }),
      }),
    ],
  },
};
