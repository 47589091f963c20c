/** Applications, registrations and credentials as answers show them, in the field names of the portal API. */
import { credentialType, type AuthStrategyState } from '../auth-strategy/state.js';
import { credentialStatus, type ApplicationState, type Credential, type Registration } from './state.js';

/** The strategy as developers see it: its display name, and what a caller has to send. */
export const portalAuthStrategy = (id: string, strategy: AuthStrategyState) => ({
  id,
  name: strategy.display_name,
  credential_type: credentialType(strategy),
  ...(strategy.key_auth && {
    key_names: strategy.key_auth.key_names,
    ...(strategy.key_auth.ttl && { ttl: strategy.key_auth.ttl }),
    supports_multiple_credentials: true,
  }),
  ...(strategy.openid_connect && {
    auth_methods: strategy.openid_connect.auth_methods,
    ...(strategy.dcr_provider_id !== null && { available_scopes: strategy.openid_connect.scopes }),
    supports_multiple_credentials: false,
  }),
});

/** What the resource shows of an application. */
type Shown = Omit<ApplicationState, 'registrations' | 'denied_version_ids' | 'credentials' | 'client'>;

/** `strategy`: the state of the application's strategy. */
export const applicationResource = (id: string, state: Shown, strategy: AuthStrategyState) => ({
  id,
  name: state.name,
  description: state.description,
  reference_id: state.reference_id,
  redirect_uri: state.redirect_uri,
  auth_strategy: portalAuthStrategy(state.auth_strategy_id, strategy),
  ...(strategy.openid_connect && { scopes: state.scopes }),
  created_at: state.created_at,
  updated_at: state.updated_at,
});

/** `names`: those of the product and of its version. */
export const registrationResource = (
  applicationId: string,
  registration: Registration,
  names: { readonly product: string; readonly version: string },
) => ({
  id: registration.id,
  status: registration.status,
  application_id: applicationId,
  product_id: registration.product_id,
  product_name: names.product,
  product_version_id: registration.product_version_id,
  product_version_name: names.version,
  created_at: registration.created_at,
  updated_at: registration.updated_at,
});

/** Without the key, which is shown once, by the command that makes it. */
export const credentialResource = (credential: Credential, now: string) => ({
  type: 'api_key',
  id: credential.id,
  display_name: credential.display_name,
  status: credentialStatus(credential, now),
  expires_at: credential.expires_at,
  created_at: credential.created_at,
});
