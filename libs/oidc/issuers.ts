import type { JWTVerifyGetKey } from 'jose';
import { createKeySet } from './key-set.js';
import { readMetadata, wellKnownUrls, type ProviderMetadata } from './metadata.js';
import { fetchJson } from './fetch-json.js';
import { kept } from './kept.js';
import type { Outbound } from '#outbound/outbound.js';

export type { ProviderMetadata } from './metadata.js';
export { IssuerUnavailable } from './unavailable.js';

/** What is known of identity providers: OpenID Connect Discovery 1.0, RFC 8414, RFC 7517. */
export interface Issuers {
  /**
   * The provider's metadata, at most an hour old. While the provider is unreachable the last good ones serve for a day more.
   * @throws IssuerUnavailable
   */
  discover(issuer: string): Promise<ProviderMetadata>;
  /**
   * Looks up the key that signed a token. The set is at most ten minutes old; a key id that is not in it causes one fetch, at
   * most every 30 seconds; while the provider is unreachable the last good set serves for an hour more.
   * The function returned throws IssuerUnavailable, and JWKSNoMatchingKey of jose for a key that the provider does not have.
   */
  keys(issuer: string): Promise<JWTVerifyGetKey>;
}

export interface IssuersOptions {
  readonly outbound: Outbound;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Issuers remembered at once; the least recently used is forgotten. */
  readonly maximum?: number;
}

const MINUTE_MS = 60_000;
const METADATA = { freshMs: 60 * MINUTE_MS, usableMs: 25 * 60 * MINUTE_MS, retryMs: 5000 };

/** Remembers providers in this process. Nothing is fetched before it is needed. */
export function createIssuers({ outbound, now, maximum = 200 }: IssuersOptions): Issuers {
  const metadata = kept<ProviderMetadata>({ ...METADATA, now, maximum });
  const sets = createKeySet({ now, maximum, fetch: (url) => fetchJson(outbound, url) });
  const discover = (issuer: string) => metadata.get(issuer, () => fetchMetadata(outbound, issuer));
  return {
    discover,
    keys: async (issuer) => sets.keyOf(issuer, async () => (await discover(issuer)).jwks_uri),
  };
}

/** The first well-known place that answers with metadata of this very issuer. */
async function fetchMetadata(outbound: Outbound, issuer: string): Promise<ProviderMetadata> {
  let failure: unknown;
  for (const url of wellKnownUrls(issuer)) {
    try {
      return readMetadata(await fetchJson(outbound, url), issuer);
    } catch (error) {
      failure ??= error;
    }
  }
  throw failure;
}
