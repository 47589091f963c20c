import type { DcrProviderState } from '#domain/dcr-provider/state.js';
import type { Outbound } from '#outbound/outbound.js';
import { createBridge } from './bridge.js';
import { exchange, succeeded } from './exchange.js';
import { ProviderFailed, type RegistrationProtocol } from './protocol.js';
import { createRfc7591 } from './rfc7591.js';

/** The parts of a provider's metadata (RFC 8414) that registrations need. */
export interface EndpointMetadata {
  readonly registration_endpoint?: unknown;
  readonly token_endpoint?: unknown;
}

export interface ProtocolsOptions {
  readonly outbound: Pick<Outbound, 'request'>;
  /** The metadata of an issuer; rejects if it cannot be had. */
  readonly discover: (issuer: string) => Promise<EndpointMetadata>;
}

/** The protocol that a provider speaks. `secret`: that of the provider, if it has one. */
export type ProtocolOf = (provider: DcrProviderState, secret: string | undefined) => RegistrationProtocol;

export function createProtocols({ outbound, discover }: ProtocolsOptions): ProtocolOf {
  async function endpointOf({ issuer }: DcrProviderState, name: keyof EndpointMetadata): Promise<string> {
    const metadata = await discover(issuer).catch(() => {
      throw new ProviderFailed('not_sent', "The identity provider's metadata cannot be read", false);
    });
    const url = metadata[name];
    if (typeof url === 'string') return url;
    throw new ProviderFailed('not_sent', `The identity provider's metadata names no ${name}`, false);
  }

  /** A token for the initial client, of the scope that registers others. */
  async function initialToken(provider: DcrProviderState, secret = ''): Promise<string> {
    const credentials = [provider.initial_client_id ?? '', secret].map(encodeURIComponent).join(':');
    const reply = await exchange(outbound, await endpointOf(provider, 'token_endpoint'), {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` },
      form: { grant_type: 'client_credentials', scope: 'dcr' },
    }).catch(notSent);
    const token = reply.status < 500 ? succeeded(reply).json?.['access_token'] : undefined;
    if (typeof token === 'string') return token;
    throw new ProviderFailed('not_sent', 'The identity provider gave no token to register clients with', false);
  }

  return (provider, secret) => {
    if (provider.provider_type === 'http') return createBridge({ provider, apiKey: secret ?? '', outbound });
    const authorizations = {
      rfc7591: async () => (secret === undefined ? undefined : `Bearer ${secret}`),
      okta: async () => `SSWS ${secret ?? ''}`,
      curity: async () => `Bearer ${await initialToken(provider, secret)}`,
    };
    return createRfc7591({
      outbound,
      endpoint: async () => provider.registration_endpoint ?? (await endpointOf(provider, 'registration_endpoint')),
      authorization: authorizations[provider.provider_type],
    });
  };
}

/** Whatever went wrong before the registration itself was sent. */
function notSent(error: unknown): never {
  if (error instanceof ProviderFailed) throw new ProviderFailed(error.why, error.message, false, error.status);
  throw error;
}
