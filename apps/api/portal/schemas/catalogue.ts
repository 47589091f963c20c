import { ref, type Schema } from '../../http/operation.js';

const id: Schema = { type: 'string', format: 'uuid' };
const time: Schema = { type: 'string', format: 'date-time' };
const text: Schema = { type: 'string' };
const flag: Schema = { type: 'boolean' };
const count: Schema = { type: 'integer', minimum: 0 };

/** All properties are required and no other is there. */
const closed = (description: string, properties: Readonly<Record<string, Schema>>): Schema => ({
  type: 'object',
  description,
  additionalProperties: false,
  required: Object.keys(properties),
  properties,
});

const product = {
  id,
  name: text,
  description: { type: ['string', 'null'] },
  created_at: time,
  updated_at: time,
  document_count: { ...count, description: 'Published documents.' },
  version_count: { ...count, description: 'Versions published on this portal.' },
  latest_version: {
    ...closed('The newest of them; null without any.', { id, name: text }),
    type: ['object', 'null'],
  },
  public_labels: { type: 'object', additionalProperties: text },
};

const registrationConfiguration = closed('How applications that use one auth strategy ask for access.', {
  id: { ...id, description: 'The auth strategy.' },
  name: { ...text, description: 'Its display name.' },
  credential_type: { enum: ['key_auth', 'self_managed_client_credentials', 'client_credentials'] },
  registration_enabled: flag,
  registration_auto_approve: { ...flag, description: 'Whether a request is approved at once.' },
});

export const catalogueSchemas: Readonly<Record<string, Schema>> = {
  PortalProduct: closed('A product of the catalogue.', product),
  PortalSearchHit: closed('Something found.', { index: { enum: ['product-catalog'] }, source: ref('PortalProduct') }),
  PortalProductActions: closed('What the developer may do.', {
    actions: closed('Each action, allowed or not.', { view: flag, register: flag, view_documentation: flag }),
  }),
  PortalRegistrationConfiguration: {
    ...registrationConfiguration,
    properties: {
      ...(registrationConfiguration['properties'] as object),
      auth_methods: { type: 'array', items: text, description: 'With OpenID Connect.' },
    },
  },
  PortalProductVersion: closed('A version published on this portal.', {
    id,
    name: text,
    created_at: time,
    updated_at: time,
    deprecated: flag,
    registration_configs: {
      type: 'array',
      items: ref('PortalRegistrationConfiguration'),
      description: 'Empty if the version has no auth strategy.',
    },
  }),
  PortalSpecification: closed('A specification.', { api_type: { enum: ['openapi'] }, content: text }),
  PortalSpecificationOperations: closed('The operations of a specification.', {
    api_type: { enum: ['openapi'] },
    operations: {
      type: 'array',
      items: closed('An operation.', {
        path: text,
        method: { ...text, description: 'In lower case.' },
        operation_id: { type: ['string', 'null'] },
        tags: { type: 'array', items: text },
        summary: { type: ['string', 'null'] },
        deprecated: flag,
      }),
    },
  }),
};
