import type { EventOf } from '../core/events.js';
import type { identityEvents } from './identity-events.js';
import { DEFAULT_AUTHENTICATION, activeProvider, mainProvider } from './identity-provider.js';
import type { AuthenticationSettings, IdentityProvider } from './identity-provider.js';

export type IdentityEvent = EventOf<typeof identityEvents>;

/** How developers sign in to a portal: a part of the portal's state. */
export interface SignInState extends AuthenticationSettings {
  readonly identity_providers: readonly IdentityProvider[];
}

export const INITIAL_SIGN_IN: SignInState = { ...DEFAULT_AUTHENTICATION, identity_providers: [] };

/** What an event changes of it. */
export function evolveSignIn(
  { identity_providers: providers }: SignInState,
  event: IdentityEvent & { readonly at: string },
): Partial<SignInState> {
  switch (event.type) {
    case 'portal.identity-provider-added.v1': {
      const { identity_provider_id: id, ...settings } = event.data;
      return { identity_providers: [...providers, { id, ...settings, created_at: event.at, updated_at: event.at }] };
    }
    case 'portal.identity-provider-edited.v1': {
      const { identity_provider_id: id, ...changes } = event.data;
      return {
        identity_providers: providers.map((one) =>
          one.id === id ? { ...one, ...changes, updated_at: event.at } : one,
        ),
      };
    }
    case 'portal.identity-provider-removed.v1':
      return { identity_providers: providers.filter(({ id }) => id !== event.data.identity_provider_id) };
    case 'portal.authentication-settings-changed.v1':
      return event.data;
  }
}

/** Whether developers may sign in through an identity provider. */
export const oidcEnabled = ({ identity_providers }: SignInState): boolean =>
  activeProvider(identity_providers) !== undefined;

/** An identity provider as answers show it: whether it has a client secret, never where or which. */
export const identityProviderResource = (provider: IdentityProvider) => ({
  id: provider.id,
  type: provider.type,
  enabled: provider.enabled,
  config: {
    issuer_url: provider.issuer_url,
    client_id: provider.client_id,
    scopes: provider.scopes,
    claim_mappings: provider.claim_mappings,
  },
  created_at: provider.created_at,
  updated_at: provider.updated_at,
});

/** Konnect's flat form of the same. */
export function authenticationSettingsResource(state: SignInState) {
  const provider = mainProvider(state.identity_providers);
  return {
    basic_auth_enabled: state.basic_auth_enabled,
    oidc_auth_enabled: oidcEnabled(state),
    saml_auth_enabled: false,
    oidc_team_mapping_enabled: state.idp_mapping_enabled,
    idp_mapping_enabled: state.idp_mapping_enabled,
    konnect_mapping_enabled: state.konnect_mapping_enabled,
    ...(provider && {
      oidc_config: {
        issuer: provider.issuer_url,
        client_id: provider.client_id,
        scopes: provider.scopes,
        claim_mappings: provider.claim_mappings,
      },
    }),
  };
}
