import { Flag, Id, Name, Nested, Nullable, OneOf, Optional, Strings, Uri } from '../core/validation.js';

const MAX_SCOPES = 50;

/** Names of claims; one that is left out stays, or has its own name. A dot leads into an object: `realm_access.roles`. */
export class ClaimMappingsChange {
  @Optional() @Name(255) name?: string;
  @Optional() @Name(255) email?: string;
  @Optional() @Name(255) groups?: string;
}

export class OidcProviderConfig {
  @Uri() issuer_url!: string;
  @Name(255) client_id!: string;
  @Nullable() @Name(1024) client_secret?: string | null;
  @Optional() @Strings(MAX_SCOPES, 255) scopes?: string[];
  @Optional() @Nested(ClaimMappingsChange) claim_mappings?: ClaimMappingsChange;
}

export class OidcProviderChange {
  @Optional() @Uri() issuer_url?: string;
  @Optional() @Name(255) client_id?: string;
  @Nullable() @Name(1024) client_secret?: string | null;
  @Optional() @Strings(MAX_SCOPES, 255) scopes?: string[];
  @Optional() @Nested(ClaimMappingsChange) claim_mappings?: ClaimMappingsChange;
}

export class CreateIdentityProvider {
  @Id() portal_id!: string;
  @OneOf(['oidc']) type!: 'oidc';
  @Optional() @Flag() enabled?: boolean;
  @Nested(OidcProviderConfig) config!: OidcProviderConfig;
}

export class EditIdentityProvider {
  @Id() portal_id!: string;
  @Id() identity_provider_id!: string;
  @Optional() @Flag() enabled?: boolean;
  @Optional() @Nested(OidcProviderChange) config?: OidcProviderChange;
}

export class DeleteIdentityProvider {
  @Id() portal_id!: string;
  @Id() identity_provider_id!: string;
}

/** The oidc_ fields make or change the portal's identity provider; `idp_mapping_enabled` is the new name of `oidc_team_mapping_enabled`. */
export class EditAuthenticationSettings {
  @Id() portal_id!: string;
  @Optional() @Flag() basic_auth_enabled?: boolean;
  @Optional() @Flag() oidc_auth_enabled?: boolean;
  @Optional() @Flag() saml_auth_enabled?: boolean;
  @Optional() @Flag() oidc_team_mapping_enabled?: boolean;
  @Optional() @Flag() idp_mapping_enabled?: boolean;
  @Optional() @Flag() konnect_mapping_enabled?: boolean;
  @Optional() @Flag() auto_approve_identities?: boolean;
  @Optional() @Uri() oidc_issuer?: string;
  @Optional() @Name(255) oidc_client_id?: string;
  @Nullable() @Name(1024) oidc_client_secret?: string | null;
  @Optional() @Strings(MAX_SCOPES, 255) oidc_scopes?: string[];
  @Optional() @Nested(ClaimMappingsChange) oidc_claim_mappings?: ClaimMappingsChange;
}
