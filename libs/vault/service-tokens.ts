import type { KeyObject } from 'node:crypto';
import type { MintedKey } from '#domain/core/decider.js';
import { createApiKeys, parseKey, type StoredDigest } from './api-keys.js';

const PREFIX = 'ght';

/** Bearer tokens of services, in the form of API keys: `ght_<id>_<secret>_<checksum>`, where the id holds the token's. */
export interface ServiceTokens {
  /** `tokenId`: a UUID in lower case; `secret`: 20 bytes. */
  mint(parts: { readonly tokenId: string; readonly secret: Uint8Array }): MintedKey;
  /** The id of the token that the text would be; undefined if it is none. Proves nothing. */
  idOf(text: string): string | undefined;
  /** Compares in constant time; false for an algorithm that is not known. */
  verify(text: string, stored: StoredDigest): boolean;
}

/** `pepper`: another than that of API keys, so that neither can pass for the other. */
export function createServiceTokens(pepper: KeyObject): ServiceTokens {
  const keys = createApiKeys({ pepper, prefix: PREFIX });
  return {
    mint: ({ tokenId, secret }) => keys.mint({ applicationId: tokenId, credentialId: tokenId, secret }),
    idOf: (text) => (text.startsWith(`${PREFIX}_`) ? parseKey(text)?.applicationId : undefined),
    verify: keys.verifyDigest,
  };
}
