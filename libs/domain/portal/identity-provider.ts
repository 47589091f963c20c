import type { Claim } from '../core/claims.js';

/** Which claims of an identity provider's tokens hold what Gatehouse knows a developer by. */
export interface ClaimMappings {
  readonly name: string;
  readonly email: string;
  readonly groups: string;
}

/** An OpenID provider that developers of a portal may sign in through. */
export interface IdentityProvider {
  readonly id: string;
  readonly type: 'oidc';
  /** At most one of a portal's providers is. */
  readonly enabled: boolean;
  readonly issuer_url: string;
  readonly client_id: string;
  /** Where the vault has the client secret; null for a client without one. */
  readonly client_secret_ref: string | null;
  readonly scopes: readonly string[];
  readonly claim_mappings: ClaimMappings;
  readonly created_at: string;
  readonly updated_at: string;
}

export const DEFAULT_SCOPES: readonly string[] = ['email', 'openid', 'profile'];

export const DEFAULT_CLAIM_MAPPINGS: ClaimMappings = { name: 'name', email: 'email', groups: 'groups' };

/** How developers sign in to a portal, and what follows from it. */
export interface AuthenticationSettings {
  readonly basic_auth_enabled: boolean;
  /** Groups of the identity provider decide on a developer's teams. */
  readonly idp_mapping_enabled: boolean;
  /** Administrators decide on a developer's teams. */
  readonly konnect_mapping_enabled: boolean;
  /** Whoever comes through the identity provider for the first time is approved at once. */
  readonly auto_approve_identities: boolean;
}

/** As Konnect does it: passwords, and whoever the identity provider vouches for is let in. */
export const DEFAULT_AUTHENTICATION: AuthenticationSettings = {
  basic_auth_enabled: true,
  idp_mapping_enabled: false,
  konnect_mapping_enabled: true,
  auto_approve_identities: true,
};

/** The provider that developers sign in through now. */
export const activeProvider = (providers: readonly IdentityProvider[]): IdentityProvider | undefined =>
  providers.find(({ enabled }) => enabled);

/** The provider that the flat authentication settings speak of: the active one, else the first. */
export const mainProvider = (providers: readonly IdentityProvider[]): IdentityProvider | undefined =>
  activeProvider(providers) ?? providers[0];

/** A person at an identity provider is known by issuer and subject (OpenID Connect Core 1.0 section 5.7), once per portal. */
export const identityClaim = (portalId: string, issuer: string, subject: string): Claim => ({
  kind: 'developer-identity',
  scope: portalId,
  value: JSON.stringify([issuer, subject]),
});

/** As URL has them: a name that begins like an address is none (RFC 1918, RFC 4193, loopback). */
const PRIVATE_ADDRESS = /^(?:(?:127|10|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.[\d.]+|\[(?:::1|f[cd][0-9a-f]{2}:.*)\])$/;

/** Names that no public resolver knows: one label, or a top level for private use (RFC 6761, RFC 6762, RFC 9476). */
const isPrivateName = (host: string): boolean =>
  PRIVATE_ADDRESS.test(host) || /^[^.[]*$/.test(host) || /\.(localhost|local|internal|test)$/.test(host);

/** Whether what an issuer, or another address, is sent goes in clear over networks of others: OpenID Connect Core 1.0 section 2 asks for https. */
export const isInsecureIssuer = (issuer: string): boolean => {
  const url = URL.parse(issuer);
  return url?.protocol !== 'https:' && !isPrivateName(url?.hostname ?? '');
};
