import { ref, type Schema } from '../../http/operation.js';

const id: Schema = { type: 'string', format: 'uuid' };
const time: Schema = { type: 'string', format: 'date-time' };
const text: Schema = { type: 'string' };
const texts: Schema = { type: 'array', items: text };
const flag: Schema = { type: 'boolean' };

export const REGISTRATION_STATUSES = ['approved', 'pending', 'rejected', 'revoked'];

type Properties = Readonly<Record<string, Schema>>;

/** No other property is there; only the optional ones may be missing. */
const closed = (description: string, required: Properties, optional: Properties = {}): Schema => ({
  type: 'object',
  description,
  additionalProperties: false,
  required: Object.keys(required),
  properties: { ...required, ...optional },
});

const several = { supports_multiple_credentials: { ...flag, description: 'Always with API keys.' } };

const credential = {
  type: { const: 'api_key' },
  id,
  display_name: text,
  status: { enum: ['active', 'expired', 'revoked'], description: 'At the time of the answer.' },
  expires_at: { type: ['string', 'null'], format: 'date-time', description: 'Null: never.' },
  created_at: time,
};

const application = {
  id,
  name: text,
  description: { type: ['string', 'null'] },
  reference_id: { ...text, description: 'By which a gateway or an identity provider knows the application.' },
  redirect_uri: { type: ['string', 'null'] },
  auth_strategy: ref('PortalAuthStrategy'),
  created_at: time,
  updated_at: time,
};

const applicationScopes = { scopes: { ...texts, description: 'With an identity provider.' } };

export const applicationSchemas: Readonly<Record<string, Schema>> = {
  PortalAuthStrategy: {
    description: 'How an application proves who it is.',
    oneOf: [ref('PortalKeyAuth'), ref('PortalClientCredentials')],
  },
  PortalKeyAuth: closed(
    'With API keys of this portal.',
    {
      id,
      name: text,
      credential_type: { const: 'key_auth' },
      key_names: { ...texts, description: 'Headers or query parameters that the gateway looks at.' },
    },
    {
      ttl: closed('How long a new key is good.', {
        value: { type: 'integer', minimum: 1 },
        unit: { enum: ['days', 'weeks', 'years'] },
      }),
      ...several,
    },
  ),
  PortalClientCredentials: closed(
    'With tokens of an identity provider.',
    {
      id,
      name: text,
      credential_type: { enum: ['self_managed_client_credentials', 'client_credentials'] },
      auth_methods: texts,
    },
    { ...several, available_scopes: { ...texts, description: 'Where clients are registered: what may be asked for.' } },
  ),
  PortalApplication: closed('An application.', application, applicationScopes),
  PortalNewApplication: closed('An application, as it was created.', application, {
    ...applicationScopes,
    credentials: closed('Of the client that was registered for it. The secret is shown here and never again.', {
      client_id: text,
      client_secret: text,
    }),
  }),
  PortalCredential: closed('An API key, without the key itself.', credential),
  PortalNewCredential: closed('An API key.', {
    ...credential,
    credential: { ...text, description: 'The key. It is shown here and never again.' },
  }),
  PortalClientSecret: closed('A client of an identity provider.', { client_id: text, client_secret: text }),
  PortalRegistration: closed('Access of an application to a product version.', {
    id,
    status: { enum: REGISTRATION_STATUSES },
    application_id: id,
    product_id: id,
    product_name: text,
    product_version_id: id,
    product_version_name: text,
    created_at: time,
    updated_at: time,
  }),
  PortalVersionApplication: closed('An application, and its registration for one version.', {
    id,
    name: text,
    registration_id: { type: ['string', 'null'], format: 'uuid' },
    registration_status: { enum: [...REGISTRATION_STATUSES, null] },
    auth_strategy: ref('PortalAuthStrategy'),
    created_at: time,
    updated_at: time,
  }),
  PortalGrantedScopes: closed('Scopes as the identity provider has granted them.', { scopes: texts }),
};
