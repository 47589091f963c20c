import { changedFields } from '../core/changes.js';
import type { Decide, Decision, Env, NewEvent } from '../core/decider.js';
import { after } from '../core/fold.js';
import type { Refusal } from '../core/refusal.js';
import { isRefusal, refuse } from '../core/refusal.js';
import type {
  CreateIdentityProvider,
  DeleteIdentityProvider,
  EditAuthenticationSettings,
  EditIdentityProvider,
  OidcProviderChange,
} from './identity-commands.js';
import type { IdentityProviderSettings } from './identity-events.js';
import {
  DEFAULT_CLAIM_MAPPINGS,
  DEFAULT_SCOPES,
  activeProvider,
  isInsecureIssuer,
  mainProvider,
} from './identity-provider.js';
import type { AuthenticationSettings, IdentityProvider } from './identity-provider.js';
import { authenticationSettingsResource, identityProviderResource } from './identity-state.js';
import type { PortalEvent } from './events.js';
import { portal } from './state.js';
import type { PortalState } from './state.js';

type Event = NewEvent<PortalEvent>;

const MAX_PROVIDERS = 20;

const onPortal =
  <C extends { readonly portal_id: string }>(decide: Decide<C, PortalState>): Decide<C, PortalState> =>
  (state, command, facts, env) =>
    state.exists ? decide(state, command, facts, env) : refuse('portal_not_found', { id: command.portal_id });

const NEW: IdentityProviderSettings = {
  enabled: false,
  issuer_url: '',
  client_id: '',
  client_secret_ref: null,
  scopes: DEFAULT_SCOPES,
  claim_mappings: DEFAULT_CLAIM_MAPPINGS,
};

const KEPT = /^secret:v1:[\w-]+$/;

/** Whoever sends the command has the secret kept in the vault first. A secret in clear here would end up in the log. */
function keptSecret(reference: string | null): string | null {
  if (reference !== null && !KEPT.test(reference)) throw new Error('a client secret reached a decision in clear');
  return reference;
}

/** Settings with the changes that a command asks for. */
const changed = (base: IdentityProviderSettings, enabled: boolean | undefined, config: OidcProviderChange = {}) => ({
  enabled: enabled ?? base.enabled,
  issuer_url: config.issuer_url ?? base.issuer_url,
  client_id: config.client_id?.trim() ?? base.client_id,
  client_secret_ref: config.client_secret === undefined ? base.client_secret_ref : keptSecret(config.client_secret),
  scopes: config.scopes ?? base.scopes,
  claim_mappings: { ...base.claim_mappings, ...config.claim_mappings },
});

/** What no identity provider may be like. `own`: the provider's id. `prefix`: of the fields in the command. */
function providerProblem(state: PortalState, own: string, next: IdentityProviderSettings): Refusal | undefined {
  const active = activeProvider(state.identity_providers);
  if (next.enabled && active && active.id !== own) return refuse('identity_provider_active', { id: active.id });
  if (URL.parse(next.issuer_url)?.search || next.issuer_url.includes('#')) return refuse('issuer_malformed');
  if (isInsecureIssuer(next.issuer_url)) return refuse('issuer_insecure');
  if (next.scopes.some((scope) => /[^\x21\x23-\x5b\x5d-\x7e]/.test(scope))) return refuse('scope_malformed');
  return undefined;
}

function added(state: PortalState, next: IdentityProviderSettings, env: Env): Event | Refusal {
  const id = env.id('identity-provider');
  if (state.identity_providers.length >= MAX_PROVIDERS)
    return refuse('too_many_identity_providers', { max: MAX_PROVIDERS });
  const problem = providerProblem(state, id, next);
  return (
    problem ?? {
      type: 'portal.identity-provider-added.v1',
      data: { identity_provider_id: id, type: 'oidc', ...next },
    }
  );
}

function edited(state: PortalState, provider: IdentityProvider, next: IdentityProviderSettings): Event[] | Refusal {
  const problem = providerProblem(state, provider.id, next);
  if (problem) return problem;
  const data = changedFields(provider, next);
  if (Object.keys(data).length === 0) return [];
  return [{ type: 'portal.identity-provider-edited.v1', data: { identity_provider_id: provider.id, ...data } }];
}

const afterwards = (state: PortalState, events: readonly Event[], env: Env): PortalState =>
  after(portal, state, events, env.now);

const provided = (state: PortalState, id: string, events: readonly Event[], env: Env): Decision => {
  const provider = afterwards(state, events, env).identity_providers.find((one) => one.id === id);
  return { events, ...(provider && { result: identityProviderResource(provider) }) };
};

export const createIdentityProvider = onPortal<CreateIdentityProvider>((state, command, _facts, env) => {
  const event = added(state, changed(NEW, command.enabled, command.config), env);
  return isRefusal(event) ? event : provided(state, env.id('identity-provider'), [event], env);
});

export const editIdentityProvider = onPortal<EditIdentityProvider>((state, command, _facts, env) => {
  const { identity_provider_id: id } = command;
  const provider = state.identity_providers.find((one) => one.id === id);
  if (!provider) return refuse('identity_provider_not_found', { id });
  const events = edited(state, provider, changed(provider, command.enabled, command.config));
  return isRefusal(events) ? events : provided(state, id, events, env);
});

export const deleteIdentityProvider = onPortal<DeleteIdentityProvider>((state, command) => {
  const { identity_provider_id: id } = command;
  if (!state.identity_providers.some((one) => one.id === id)) return refuse('identity_provider_not_found', { id });
  return {
    events: [{ type: 'portal.identity-provider-removed.v1', data: { identity_provider_id: id } }] satisfies Event[],
    result: { id },
  };
});

/** The flat settings' part that concerns the identity provider: made if there is none, else changed. */
function providerEvents(state: PortalState, command: EditAuthenticationSettings, env: Env): Event[] | Refusal {
  const config: OidcProviderChange = {
    ...(command.oidc_issuer !== undefined && { issuer_url: command.oidc_issuer }),
    ...(command.oidc_client_id !== undefined && { client_id: command.oidc_client_id }),
    ...(command.oidc_client_secret !== undefined && { client_secret: command.oidc_client_secret }),
    ...(command.oidc_scopes !== undefined && { scopes: command.oidc_scopes }),
    ...(command.oidc_claim_mappings !== undefined && { claim_mappings: command.oidc_claim_mappings }),
  };
  const provider = mainProvider(state.identity_providers);
  if (provider) return edited(state, provider, changed(provider, command.oidc_auth_enabled, config));
  const { issuer_url, client_id } = config;
  if (issuer_url !== undefined && client_id !== undefined) {
    const event = added(state, changed(NEW, command.oidc_auth_enabled, config), env);
    return isRefusal(event) ? event : [event];
  }
  const needed = command.oidc_auth_enabled || Object.keys(config).length > 0;
  return needed ? refuse('identity_provider_required') : [];
}

export const editAuthenticationSettings = onPortal<EditAuthenticationSettings>((state, command, _facts, env) => {
  if (command.saml_auth_enabled) return refuse('saml_not_available');
  const { idp_mapping_enabled: mapping, oidc_team_mapping_enabled: older } = command;
  if (mapping !== undefined && older !== undefined && mapping !== older) return refuse('team_mapping_contradicts');
  const next: AuthenticationSettings = {
    basic_auth_enabled: command.basic_auth_enabled ?? state.basic_auth_enabled,
    idp_mapping_enabled: mapping ?? older ?? state.idp_mapping_enabled,
    konnect_mapping_enabled: command.konnect_mapping_enabled ?? state.konnect_mapping_enabled,
    auto_approve_identities: command.auto_approve_identities ?? state.auto_approve_identities,
  };
  const provider = providerEvents(state, command, env);
  if (isRefusal(provider)) return provider;
  const data = changedFields(state, next);
  const settings: Event[] =
    Object.keys(data).length > 0 ? [{ type: 'portal.authentication-settings-changed.v1', data }] : [];
  const events = [...provider, ...settings];
  const then = afterwards(state, events, env);
  return {
    events,
    result: { ...authenticationSettingsResource(then), auto_approve_identities: then.auto_approve_identities },
  };
});
