import type { IdentityProvider } from '#domain/portal/identity-provider.js';
import type { Issuers, ProviderMetadata } from '#oidc/issuers.js';
import { IssuerUnavailable } from '#oidc/unavailable.js';
import { SIGNATURE_ALGORITHMS, verifyJwt } from '#oidc/verify.js';
import type { Outbound } from '#outbound/outbound.js';
import type { ClientSecrets } from '#vault/client-secrets.js';
import { SignOnFailed } from './failure.js';
import type { Login, Logins } from './logins.js';
import { personOf, type Person } from './person.js';
import type { Outcome } from './run.js';
import type { StrategyOptions } from './strategy.js';

export interface SignOnServices {
  readonly outbound: Outbound;
  readonly issuers: Issuers;
  readonly clientSecrets: Pick<ClientSecrets, 'open'>;
  readonly logins: Logins;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface SignOn {
  /** Where to send the browser, and the login that it has to bring back. @throws SignOnFailed */
  begin(
    portalId: string,
    provider: IdentityProvider,
    urls: { readonly returnTo: string; readonly redirectUri: string },
  ): Promise<{ readonly location: string; readonly login: Login }>;
  /**
   * Who came back. `login`: what this browser brought for the `state` in the query, opened; undefined if nothing.
   * @throws SignOnFailed
   */
  finish(
    portalId: string,
    active: IdentityProvider | undefined,
    login: Login | undefined,
    query: Readonly<Record<string, unknown>>,
  ): Promise<Person>;
}

/** Seconds that the provider's clock may differ from this one. */
const CLOCK_TOLERANCE_S = 60;

type Usable = StrategyOptions['metadata'];

/** Passport is loaded with the first login: many servers never have one. */
const passport = async () => ({ ...(await import('./run.js')), ...(await import('./strategy.js')) });

/** Single sign-on by the authorization code flow of OpenID Connect Core 1.0, with PKCE. */
export function createSignOn({ outbound, issuers, clientSecrets, logins, now }: SignOnServices): SignOn {
  async function metadataOf({ issuer_url }: IdentityProvider): Promise<Usable> {
    const metadata = await issuers.discover(issuer_url).catch((error: unknown) => {
      if (error instanceof IssuerUnavailable) throw new SignOnFailed('provider-unavailable');
      throw error;
    });
    if (!metadata.authorization_endpoint || !metadata.token_endpoint) throw new SignOnFailed('provider-unavailable');
    return metadata as Usable;
  }

  async function run(
    provider: IdentityProvider,
    metadata: Usable,
    login: Login,
    query: Readonly<Record<string, string>>,
  ): Promise<Outcome> {
    const { runStrategy, PortalStrategy } = await passport();
    const { client_id: clientId, client_secret_ref: reference, scopes } = provider;
    const clientSecret = reference === null ? '' : ((await clientSecrets.open(reference)) ?? '');
    const verifyIdToken = (idToken: string) => verified(idToken, provider, metadata, login);
    const common = { metadata, clientId, clientSecret, scopes, login, outbound, verifyIdToken };
    return runStrategy((onFailure) => new PortalStrategy({ ...common, onFailure }), query);
  }

  async function verified(idToken: string, provider: IdentityProvider, metadata: Usable, login: Login) {
    const verdict = await verifyJwt(idToken, {
      issuers,
      issuer: provider.issuer_url,
      audience: provider.client_id,
      algorithms: algorithmsOf(metadata),
      now,
      clockToleranceS: CLOCK_TOLERANCE_S,
    });
    if (!verdict.ok)
      throw new SignOnFailed(
        verdict.reason === 'provider-unavailable' ? 'provider-unavailable' : `id-token-${verdict.reason}`,
      );
    const { claims } = verdict;
    if (claims['nonce'] !== login.nonce) throw new SignOnFailed('wrong-nonce');
    if (typeof claims.sub !== 'string' || claims.sub === '' || claims.sub.length > 255)
      throw new SignOnFailed('id-token-malformed');
    return claims;
  }

  return {
    async begin(portalId, provider, urls) {
      const metadata = await metadataOf(provider);
      const login = logins.start({ portalId, providerId: provider.id, issuer: provider.issuer_url, ...urls });
      const outcome = await run(provider, metadata, login, {});
      if (!('redirect' in outcome)) throw new Error('a login that begins names nobody');
      return { location: outcome.redirect, login };
    },

    async finish(portalId, active, login, query) {
      if (!login || login.portalId !== portalId) throw new SignOnFailed('state-unknown');
      try {
        if (logins.isOver(login)) throw new SignOnFailed('state-expired');
        if (!(await logins.useUp(login))) throw new SignOnFailed('replayed');
        if (active?.id !== login.providerId || active.issuer_url !== login.issuer)
          throw new SignOnFailed('provider-changed');
        const metadata = await metadataOf(active);
        checkIssuer(query['iss'], metadata);
        if (query['error'] !== undefined)
          throw new SignOnFailed(query['error'] === 'access_denied' ? 'declined' : 'provider-error');
        const { code } = query;
        if (typeof code !== 'string' || code === '') throw new SignOnFailed('no-code');
        const outcome = await run(active, metadata, login, { code, state: login.state });
        if (!('claims' in outcome)) throw new Error('a code leads to no redirect');
        return personOf(outcome.claims, active.issuer_url, active.claim_mappings);
      } catch (error) {
        throw error instanceof SignOnFailed ? new SignOnFailed(error.reason, login.returnTo) : error;
      }
    },
  };
}

/** RFC 9207 section 2.4: an answer that names its issuer, or should, must come from the one that was asked. */
function checkIssuer(iss: unknown, metadata: ProviderMetadata): void {
  const required = metadata.authorization_response_iss_parameter_supported === true;
  if (iss === undefined ? required : iss !== metadata.issuer) throw new SignOnFailed('wrong-issuer');
}

/** What the provider says it signs with, as far as a public key verifies it. */
function algorithmsOf({ id_token_signing_alg_values_supported: said }: ProviderMetadata): readonly string[] {
  const usable = SIGNATURE_ALGORITHMS.filter((name) => said?.includes(name) ?? true);
  return usable.length > 0 ? usable : ['RS256'];
}
