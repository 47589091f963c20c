import { ref, type Schema } from '../../http/operation.js';
import { flag, object, text, texts, time, uuid } from './parts.js';

const mappings = object(
  'Which claim holds what. A dot leads into an object: `realm_access.roles`.',
  { name: text, email: text, groups: text },
  [],
);

const uri: Schema = { type: 'string', format: 'uri' };

export const managementSignInSchemas: Readonly<Record<string, Schema>> = {
  AdminClaimMappings: mappings,
  AdminAuthenticationSettings: object(
    'How developers sign in to a portal. `oidc_config` is there once there is an identity provider.',
    {
      basic_auth_enabled: { ...flag, description: 'With e-mail address and password.' },
      oidc_auth_enabled: { ...flag, description: 'Through an identity provider.' },
      saml_auth_enabled: { ...flag, description: 'Always false: there is no SAML here.' },
      oidc_team_mapping_enabled: { ...flag, description: 'The older name of idp_mapping_enabled.' },
      idp_mapping_enabled: { ...flag, description: "The provider's groups decide on teams, at each sign-in." },
      konnect_mapping_enabled: { ...flag, description: 'Administrators decide on teams.' },
      oidc_config: object('The provider; never its client secret.', {
        issuer: uri,
        client_id: text,
        scopes: texts,
        claim_mappings: ref('AdminClaimMappings'),
      }),
    },
    ['oidc_config'],
  ),
  AdminIdentityProvider: object('An OpenID provider that developers of a portal may sign in through.', {
    id: uuid,
    type: { enum: ['oidc'] },
    enabled: { ...flag, description: 'At most one provider of a portal is.' },
    config: object('Never with the client secret.', {
      issuer_url: uri,
      client_id: text,
      scopes: texts,
      claim_mappings: ref('AdminClaimMappings'),
    }),
    created_at: time,
    updated_at: time,
  }),
};
