import { event, type EventOf, type Pairs } from '../core/events.js';

/**
 * Providers of dynamic client registration by the names of the Konnect API, and `rfc7591`, which it does not have: any
 * server that speaks RFC 7591 and RFC 7592.
 */
export const PROVIDER_TYPES = ['auth0', 'azureAd', 'curity', 'okta', 'http', 'kongIdentity', 'rfc7591'] as const;
export type ProviderType = (typeof PROVIDER_TYPES)[number];

/** Those that clients can be registered at; the others have protocols of their own, which are not spoken here. */
export const SPOKEN_TYPES = ['http', 'rfc7591', 'curity', 'okta'] as const;
export type SpokenType = (typeof SPOKEN_TYPES)[number];

export interface ProviderSettings {
  readonly name: string;
  readonly display_name: string | null;
  readonly issuer: string;
  readonly labels: Pairs;
  /** http: where the bridge is. */
  readonly dcr_base_url: string | null;
  readonly disable_event_hooks: boolean;
  readonly disable_refresh_secret: boolean;
  /** curity: the client whose token registers others. */
  readonly initial_client_id: string | null;
  /** rfc7591: where clients are registered, if the provider's metadata does not say so. */
  readonly registration_endpoint: string | null;
  /** Where the secret is in the vault; null: the provider asks for none. */
  readonly secret_ref: string | null;
}

const settings = {
  name: 'public',
  display_name: 'public',
  issuer: 'public',
  labels: 'public',
  dcr_base_url: 'public',
  disable_event_hooks: 'public',
  disable_refresh_secret: 'public',
  initial_client_id: 'public',
  registration_endpoint: 'public',
  secret_ref: 'secret-derived',
} as const;

export interface Verification {
  readonly status: 'success' | 'failed';
  readonly errors: readonly string[];
  /** The provider says that a repeated Idempotency-Key registers no second client. */
  readonly idempotent: boolean;
}

export const dcrProviderEvents = {
  'dcr-provider.created.v1': event<ProviderSettings & { readonly provider_type: SpokenType }>(
    'created the registration provider [{name}]',
    { ...settings, provider_type: 'public' },
  ),
  /** Only what changed. */
  'dcr-provider.edited.v1': event<Partial<ProviderSettings>>('edited the registration provider', settings),
  'dcr-provider.verified.v1': event<Verification>('tried the registration provider: {status}', {
    status: 'public',
    errors: 'public',
    idempotent: 'public',
  }),
  'dcr-provider.deleted.v1': event<{ readonly reason: string | null }>('deleted the registration provider', {
    reason: 'public',
  }),
};

export type DcrProviderEvent = EventOf<typeof dcrProviderEvents>;
