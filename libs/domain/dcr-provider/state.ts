import type { Decider } from '../core/decider.js';
import { fromPairs } from '../core/events.js';
import type { DcrProviderEvent, ProviderSettings, SpokenType } from './events.js';

export interface DcrProviderState extends ProviderSettings {
  /** False before the creation and after the deletion. */
  readonly exists: boolean;
  readonly provider_type: SpokenType;
  /** The last trial of the present settings said that a repeated Idempotency-Key registers no second client. */
  readonly idempotent: boolean;
  readonly created_at: string;
  readonly updated_at: string;
}

const initialState: DcrProviderState = {
  exists: false,
  provider_type: 'http',
  name: '',
  display_name: null,
  issuer: '',
  labels: [],
  dcr_base_url: null,
  disable_event_hooks: false,
  disable_refresh_secret: false,
  initial_client_id: null,
  registration_endpoint: null,
  secret_ref: null,
  idempotent: false,
  created_at: '',
  updated_at: '',
};

function evolve(state: DcrProviderState, event: DcrProviderEvent & { readonly at: string }): DcrProviderState {
  switch (event.type) {
    case 'dcr-provider.created.v1':
      return { ...initialState, ...event.data, exists: true, created_at: event.at, updated_at: event.at };
    case 'dcr-provider.edited.v1': {
      const elsewhere = event.data.dcr_base_url !== undefined || event.data.issuer !== undefined;
      return { ...state, ...event.data, idempotent: !elsewhere && state.idempotent, updated_at: event.at };
    }
    case 'dcr-provider.verified.v1':
      return { ...state, idempotent: event.data.status === 'success' && event.data.idempotent };
    case 'dcr-provider.deleted.v1':
      return { ...state, exists: false, updated_at: event.at };
    default:
      return state;
  }
}

/** A server at which clients are registered for applications: an HTTP bridge, or one that speaks RFC 7591 and RFC 7592. */
export const dcrProvider: Decider<DcrProviderState> = {
  initialState,
  evolve: evolve as Decider<DcrProviderState>['evolve'],
};

/** The configuration as the management API shows it: never a secret. */
function dcrConfig(state: DcrProviderState): object {
  const { dcr_base_url, disable_event_hooks, disable_refresh_secret, initial_client_id, registration_endpoint } = state;
  switch (state.provider_type) {
    case 'http':
      return { dcr_base_url, disable_event_hooks, disable_refresh_secret, allow_multiple_credentials: false };
    case 'curity':
      return { initial_client_id };
    case 'rfc7591':
      return { registration_endpoint };
    case 'okta':
      return {};
  }
}

/** The provider as the management API shows it, without `active`, which counts strategies. */
export const dcrProviderResource = (id: string, state: DcrProviderState) => ({
  id,
  name: state.name,
  ...(state.display_name !== null && { display_name: state.display_name }),
  provider_type: state.provider_type,
  issuer: state.issuer,
  dcr_config: dcrConfig(state),
  labels: fromPairs(state.labels),
  created_at: state.created_at,
  updated_at: state.updated_at,
});
