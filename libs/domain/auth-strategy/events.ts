import { event } from '../core/events.js';
import type { EventOf, Pairs } from '../core/events.js';

export const STRATEGY_TYPES = ['key_auth', 'openid_connect'] as const;
export type StrategyType = (typeof STRATEGY_TYPES)[number];

export const TTL_UNITS = ['days', 'weeks', 'years'] as const;

/** How long a new API key lives. */
export interface Ttl {
  readonly value: number;
  readonly unit: (typeof TTL_UNITS)[number];
}

export interface KeyAuth {
  /** The headers that may carry the key. */
  readonly key_names: readonly string[];
  /** null: keys do not expire. */
  readonly ttl: Ttl | null;
}

export interface OpenIdConnect {
  readonly issuer: string;
  readonly credential_claim: readonly string[];
  readonly scopes: readonly string[];
  readonly auth_methods: readonly string[];
  /** Further settings for the gateway's plugin as JSON text, keys sorted: an event holds declared keys only, and no floats. */
  readonly other: string;
}

/** Exactly one of the two configurations is there, as the type says. */
export interface StrategySettings {
  readonly name: string;
  readonly display_name: string;
  readonly key_auth: KeyAuth | null;
  readonly openid_connect: OpenIdConnect | null;
  readonly labels: Pairs;
  /** The provider that registers a client for each application; absent or null: developers bring their own. */
  readonly dcr_provider_id?: string | null;
}

const settings = {
  name: 'public',
  display_name: 'public',
  key_auth: 'public',
  openid_connect: 'public',
  labels: 'public',
  dcr_provider_id: 'public',
} as const;

export const authStrategyEvents = {
  'auth-strategy.created.v1': event<StrategySettings & { readonly strategy_type: StrategyType }>(
    'created the auth strategy [{name}]',
    { ...settings, strategy_type: 'public' },
  ),
  /** Only what changed; a configuration is there as a whole. */
  'auth-strategy.edited.v1': event<Partial<StrategySettings>>('edited the auth strategy', settings),
  'auth-strategy.deleted.v1': event<{ reason: string | null }>('deleted the auth strategy', { reason: 'public' }),
};

export type AuthStrategyEvent = EventOf<typeof authStrategyEvents>;
