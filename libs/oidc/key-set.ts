import type { JSONWebKeySet, JWTVerifyGetKey } from 'jose';
import { kept } from './kept.js';
import { IssuerUnavailable } from './unavailable.js';

const MINUTE_MS = 60_000;
const LIMITS = { freshMs: 10 * MINUTE_MS, usableMs: 70 * MINUTE_MS, retryMs: 5000 };
/** Tokens with made-up key ids must not turn this service against the provider. */
const UNKNOWN_KEY_EVERY_MS = 30_000;

export interface KeySets {
  /** A function that finds the key of a token among the keys of an issuer. */
  keyOf(issuer: string, jwksUri: () => Promise<string>): JWTVerifyGetKey;
}

/** Key sets by issuer (RFC 7517). `fetch` answers with a JSON object or throws IssuerUnavailable. */
export function createKeySet(options: {
  readonly now: () => number;
  readonly maximum: number;
  readonly fetch: (url: string) => Promise<Readonly<Record<string, unknown>>>;
}): KeySets {
  const sets = kept<JWTVerifyGetKey>({ ...LIMITS, now: options.now, maximum: options.maximum });
  return {
    keyOf(issuer, jwksUri) {
      const fetch = async () => readKeySet(await options.fetch(await jwksUri()));
      return async (header, token) => {
        const set = await sets.get(issuer, fetch);
        try {
          return await set(header, token);
        } catch (error) {
          const { errors } = await import('jose');
          if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
          return (await sets.refresh(issuer, fetch, UNKNOWN_KEY_EVERY_MS))(header, token);
        }
      };
    },
  };
}

/** Symmetric keys in a public set are nobody's secret: they are left out, whatever a token's header says. */
async function readKeySet(value: Readonly<Record<string, unknown>>): Promise<JWTVerifyGetKey> {
  const { keys } = value as { keys?: unknown };
  if (!Array.isArray(keys)) throw new IssuerUnavailable("The provider's key set has no list of keys.");
  const usable = keys.filter((key) => typeof key === 'object' && key !== null && key.kty !== 'oct');
  const { createLocalJWKSet, errors } = await import('jose');
  try {
    return createLocalJWKSet({ keys: usable } as JSONWebKeySet);
  } catch (error) {
    if (error instanceof errors.JWKSInvalid) throw new IssuerUnavailable("The provider's key set is not well formed.");
    throw error;
  }
}
