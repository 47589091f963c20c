import type { RefusalDefinition } from '../core/refusal.js';

export const portalRefusals = {
  portal_not_found: { kind: 'not-found', detail: 'There is no portal [{id}].' },
  portal_name_taken: {
    kind: 'conflict',
    detail: 'Another portal has the name [{value}]; choose another name.',
    field: 'name',
  },
  portal_domain_taken: {
    kind: 'conflict',
    detail: 'Another portal is reached at [{value}]; choose another domain.',
  },
  custom_domain_required: {
    kind: 'invalid',
    detail: 'A custom client domain needs a custom domain; set custom_domain as well, or clear custom_client_domain.',
    field: 'custom_client_domain',
  },
  default_auth_strategy_not_found: {
    kind: 'invalid',
    detail: 'There is no auth strategy [{id}].',
    field: 'default_application_auth_strategy_id',
  },
  portal_not_empty: {
    kind: 'conflict',
    detail:
      'The portal still has {developers} developers and {versions} product versions open for registration. Remove them first, or delete it with force.',
  },
  no_identity_provider: {
    kind: 'invalid',
    detail: 'The portal has no identity provider yet, so there are no groups. Add one first.',
    field: 'data',
  },
  mapped_team_unknown: { kind: 'invalid', detail: 'The portal has no team [{id}].', field: 'team_id' },
  mapping_limit: { kind: 'limit', detail: 'A portal may map groups to {limit} teams.' },
  identity_provider_not_found: { kind: 'not-found', detail: 'There is no identity provider [{id}] on this portal.' },
  identity_provider_active: {
    kind: 'invalid',
    detail: 'Only one identity provider may be enabled at a time; disable [{id}] first.',
    field: 'enabled',
  },
  identity_provider_required: {
    kind: 'invalid',
    detail: 'The portal has no identity provider yet; give at least oidc_issuer and oidc_client_id.',
    field: 'oidc_issuer',
  },
  too_many_identity_providers: {
    kind: 'invalid',
    detail: 'A portal has at most {max} identity providers; delete one first.',
    field: 'type',
  },
  issuer_malformed: {
    kind: 'invalid',
    detail: 'An issuer is an address without query and fragment (OpenID Connect Discovery 1.0).',
    field: 'issuer_url',
  },
  issuer_insecure: {
    kind: 'invalid',
    detail: 'The issuer must be an https address; http is for hosts of a private network only.',
    field: 'issuer_url',
  },
  scope_malformed: {
    kind: 'invalid',
    detail: 'A scope has visible ASCII characters only, without spaces, quotes and backslashes (RFC 6749).',
    field: 'scopes',
  },
  saml_not_available: {
    kind: 'invalid',
    detail: 'SAML is not available; use an OpenID provider (oidc_auth_enabled).',
    field: 'saml_auth_enabled',
  },
  team_mapping_contradicts: {
    kind: 'invalid',
    detail: 'idp_mapping_enabled and oidc_team_mapping_enabled are the same setting; give one of them.',
    field: 'idp_mapping_enabled',
  },
  basic_auth_disabled: {
    kind: 'invalid',
    detail: 'This portal has no passwords: sign in through single sign-on.',
  },
} as const satisfies Record<string, RefusalDefinition>;
