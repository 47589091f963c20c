import type { Decider } from '../core/decider.js';
import { fromPairs } from '../core/events.js';
import type { AuthStrategyEvent, StrategySettings, StrategyType, Ttl } from './events.js';

export interface AuthStrategyState extends StrategySettings {
  /** False before the creation and after the deletion. */
  readonly exists: boolean;
  readonly deleted: boolean;
  readonly strategy_type: StrategyType;
  readonly dcr_provider_id: string | null;
  readonly created_at: string;
  readonly updated_at: string;
}

const initialState: AuthStrategyState = {
  exists: false,
  deleted: false,
  name: '',
  display_name: '',
  strategy_type: 'key_auth',
  key_auth: null,
  openid_connect: null,
  labels: [],
  dcr_provider_id: null,
  created_at: '',
  updated_at: '',
};

function evolve(state: AuthStrategyState, event: AuthStrategyEvent & { readonly at: string }): AuthStrategyState {
  switch (event.type) {
    case 'auth-strategy.created.v1':
      return { ...initialState, ...event.data, exists: true, created_at: event.at, updated_at: event.at };
    case 'auth-strategy.edited.v1':
      return { ...state, ...event.data, updated_at: event.at };
    case 'auth-strategy.deleted.v1':
      return { ...state, exists: false, deleted: true, updated_at: event.at };
    default:
      return state;
  }
}

/** How applications prove who they are: API keys, or tokens of an identity provider. */
export const authStrategy: Decider<AuthStrategyState> = {
  initialState,
  evolve: evolve as Decider<AuthStrategyState>['evolve'],
};

type Kind = Pick<AuthStrategyState, 'strategy_type' | 'dcr_provider_id'>;
type Configured = Pick<AuthStrategyState, 'key_auth' | 'openid_connect'>;

/** What the portal API calls the strategy's kind of credential. */
export function credentialType({ strategy_type, dcr_provider_id }: Kind) {
  if (strategy_type === 'key_auth') return 'key_auth';
  return dcr_provider_id === null ? 'self_managed_client_credentials' : 'client_credentials';
}

/** The scopes an application may ask for; none with API keys. */
export const availableScopes = ({ openid_connect }: Configured): readonly string[] => openid_connect?.scopes ?? [];

const DAY = 86_400_000;

/** When a key made at `now` expires: days and weeks of fixed length, years of the calendar (29 February: 1 March). */
export function expiryAfter(now: string, { value, unit }: Ttl): string {
  const date = new Date(now);
  if (unit === 'years') date.setUTCFullYear(date.getUTCFullYear() + value);
  else date.setTime(date.getTime() + value * (unit === 'weeks' ? 7 : 1) * DAY);
  return date.toISOString();
}

/** The configuration in the shape of the management API: `{"key-auth": ...}` or `{"openid-connect": ...}`. */
export function strategyConfigs({ key_auth, openid_connect }: Configured): object {
  if (key_auth) return { 'key-auth': { key_names: key_auth.key_names, ...(key_auth.ttl && { ttl: key_auth.ttl }) } };
  if (!openid_connect) return {};
  const { other, ...declared } = openid_connect;
  return { 'openid-connect': { ...(JSON.parse(other) as object), ...declared } };
}

/** The strategy as the management API shows it, without `active`, which counts publications. */
export const authStrategyResource = (id: string, state: AuthStrategyState) => ({
  id,
  name: state.name,
  display_name: state.display_name,
  strategy_type: state.strategy_type,
  configs: strategyConfigs(state),
  ...(state.strategy_type === 'openid_connect' && {
    dcr_provider: state.dcr_provider_id === null ? null : { id: state.dcr_provider_id },
  }),
  labels: fromPairs(state.labels),
  created_at: state.created_at,
  updated_at: state.updated_at,
});
