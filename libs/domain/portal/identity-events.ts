import { event } from '../core/events.js';
import type { AuthenticationSettings, IdentityProvider } from './identity-provider.js';

/** What may be set on an identity provider. The client secret itself is in the vault; the reference says only where. */
export type IdentityProviderSettings = Pick<
  IdentityProvider,
  'enabled' | 'issuer_url' | 'client_id' | 'client_secret_ref' | 'scopes' | 'claim_mappings'
>;

const settings = {
  enabled: 'public',
  issuer_url: 'public',
  client_id: 'public',
  client_secret_ref: 'secret-derived',
  scopes: 'public',
  claim_mappings: 'public',
} as const;

interface About {
  readonly identity_provider_id: string;
}

export const identityEvents = {
  'portal.identity-provider-added.v1': event<About & { readonly type: 'oidc' } & IdentityProviderSettings>(
    'added the identity provider [{issuer_url}]',
    { identity_provider_id: 'public', type: 'public', ...settings },
  ),
  /** Only what changed. */
  'portal.identity-provider-edited.v1': event<About & Partial<IdentityProviderSettings>>(
    'changed the identity provider [{identity_provider_id}]',
    { identity_provider_id: 'public', ...settings },
  ),
  'portal.identity-provider-removed.v1': event<About>('removed the identity provider [{identity_provider_id}]', {
    identity_provider_id: 'public',
  }),
  /** Only the settings that changed. */
  'portal.authentication-settings-changed.v1': event<Partial<AuthenticationSettings>>(
    'changed how developers sign in to the portal',
    {
      basic_auth_enabled: 'public',
      idp_mapping_enabled: 'public',
      konnect_mapping_enabled: 'public',
      auto_approve_identities: 'public',
    },
  ),
};
