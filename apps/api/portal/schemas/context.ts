import type { Schema } from '../../http/operation.js';

const id: Schema = { type: 'string', format: 'uuid' };
const text: Schema = { type: 'string' };
const flag: Schema = { type: 'boolean' };

const open = (properties: Readonly<Record<string, Schema>>): Schema => ({
  type: 'object',
  required: Object.keys(properties),
  properties,
});

const context = {
  portal_id: id,
  org_id: { ...id, description: 'The same for all portals of one installation.' },
  name: { ...text, description: 'As developers see it.' },
  canonical_domain: text,
  featureset_id: text,
  basic_auth_enabled: { ...flag, description: 'Developers sign in with e-mail address and password.' },
  oidc_auth_enabled: { ...flag, description: 'Developers sign in through an identity provider.' },
  is_public: { ...flag, description: 'Anybody may read the catalogue; there are no accounts.' },
  rbac_enabled: flag,
  dcr_provider_ids: { type: 'array', items: id },
  allowed_time_period: { ...text, description: 'How far back analytics go.' },
};

export const contextSchemas: Readonly<Record<string, Schema>> = {
  PortalContext: {
    ...open(context),
    description: 'What the client of a portal has to know before anybody signs in.',
    additionalProperties: false,
  },
  PortalAppearance: {
    ...open({
      variables: open({
        catalog: open({
          logo: open({ url: text }),
          cover: open({ url: text }),
          primary_header: open({ text }),
          welcome_message: open({ text }),
        }),
      }),
      stylesheets: open({ global: open({ main: open({ data: { type: 'object' } }) }) }),
    }),
    description: 'Texts and pictures of the catalogue page.',
    additionalProperties: false,
  },
};
