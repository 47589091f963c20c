import { createHmac, createSecretKey, hkdfSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Claim } from '#domain/core/claims.js';
import type { MintedKey } from '#domain/core/decider.js';
import { decrypt, encrypt, fromBase64url, utf8 } from './aead.js';
import { createApiKeys } from './api-keys.js';
import type { ApiKeyParts, ApiKeys } from './api-keys.js';
import { createPersonKeys } from './person-keys.js';
import { loadRootSecret, rewrapRootSecret } from './root-secret.js';
import type { RootSecretOptions } from './root-secret.js';
import { createServiceTokens, type ServiceTokens } from './service-tokens.js';
import { contextOf, header, isSealed, parseSealed, toSealed } from './sealed.js';

const RECEIPT_CONTEXT = Buffer.from('gatehouse:receipt:v1');

/** A sealed string does not open with the key it names: it was altered, or belongs to another installation. */
export class SealBroken extends Error {
  override readonly name = 'SealBroken';
}

export interface KeyringOptions extends RootSecretOptions {
  /** First part of new API keys; keys with another prefix stay valid. Default `gh`. */
  readonly keyPrefix?: string;
  readonly now?: () => number;
}

export interface Keyring {
  /** HKDF-SHA-256 (RFC 5869) of the root secret; 32 bytes unless told. */
  derive(purpose: string, length?: number): Uint8Array;
  /** HMAC-SHA-256 under the key derived for the purpose; hex. Keys are remembered, so purposes are constants, not values. */
  hmac(purpose: string, text: string): string;
  /** Keyed hash of a claim, base64url: the only form in which a claimed value is stored. */
  claimHash(claim: Claim): string;

  /** Makes the developer's key if there is none. Throws PersonForgotten if it was destroyed. */
  ensurePersonKey(developerId: string): Promise<void>;
  /** Forgets the person in every copy of their data. Repeating it is harmless. */
  destroyPersonKey(developerId: string): Promise<void>;
  /** Removes the key that was made for a developer who was not recorded in the end. */
  discardPersonKey(developerId: string): Promise<void>;
  /** Seals a personal field with the key of one developer, making the key if there is none. */
  seal(developerId: string, plaintext: string, place: { eventId: string; field: string }): Promise<string>;
  /** Undefined: the key was destroyed, the value is forgotten. Throws SealBroken for anything that was altered. */
  open(sealed: string): Promise<string | undefined>;
  /** Like `open`, in the same order, fetching all keys at once. */
  openMany(sealed: readonly string[]): Promise<readonly (string | undefined)[]>;
  isSealed(value: unknown): value is string;

  /** Seals under the root secret and a secret that only the caller knows (an Idempotency-Key). */
  sealWith(secret: string, plaintext: string): string;
  /** Undefined if it was sealed with another secret, or altered. */
  openWith(secret: string, sealed: string): string | undefined;

  mintKey(parts: ApiKeyParts): MintedKey;
  readonly apiKeys: ApiKeys;

  mintToken(parts: { readonly tokenId: string; readonly secret: Uint8Array }): MintedKey;
  readonly serviceTokens: ServiceTokens;

  /** Wraps the root secret with a new master key; everything derived from it stays the same. */
  rewrap(newMasterKey: Uint8Array): Promise<void>;
}

/**
 * Opens the vault's keys. One random root secret, wrapped by the master key, is behind everything, so that the master
 * key can be changed without orphaning a claim, a digest or a sealed field. Throws WrongMasterKey or NoRootSecret.
 */
export async function openKeyring({ now = Date.now, keyPrefix, ...options }: KeyringOptions): Promise<Keyring> {
  const { vault } = options;
  let masterKey = options.masterKey;
  const root = await loadRootSecret(options);

  const derive = (purpose: string, length = 32) =>
    Buffer.from(hkdfSync('sha256', root, '', `gatehouse:${purpose}`, length));
  const keyFor = remember((purpose): KeyObject => createSecretKey(derive(purpose)));
  const claimKey = keyFor('claim');
  const persons = createPersonKeys(vault, keyFor('person-key'), now);
  const apiKeys = createApiKeys({
    pepper: keyFor('api-key'),
    ...(keyPrefix === undefined ? {} : { prefix: keyPrefix }),
  });
  const serviceTokens = createServiceTokens(keyFor('service-token'));
  // One for each receipt: as a pseudorandom function of the caller's secret an HMAC is enough, and four times faster than HKDF.
  const receiptKey = (secret: string) => createHmac('sha256', keyFor('receipt-seal')).update(secret).digest();

  async function openMany(sealed: readonly string[]): Promise<(string | undefined)[]> {
    const envelopes = sealed.map((text) => {
      const envelope = parseSealed(text);
      if (!envelope) throw new SealBroken('A sealed field cannot be read: it was altered');
      return envelope;
    });
    const keys = await persons.find(envelopes.map(({ developerId }) => developerId));
    return envelopes.map(({ developerId, context, box }) => {
      const key = keys.get(developerId);
      if (!key) return undefined;
      const plaintext = decrypt(key, box, context);
      if (!plaintext) throw new SealBroken('A sealed field does not open: it was altered or moved');
      return plaintext.toString('utf8');
    });
  }

  return {
    derive,
    hmac: (purpose, text) => createHmac('sha256', keyFor(purpose)).update(text).digest('hex'),
    // A JSON array of strings: no two claims have the same text.
    claimHash: ({ kind, scope, value }) =>
      createHmac('sha256', claimKey)
        .update(JSON.stringify([kind, scope, value]))
        .digest('base64url'),

    ensurePersonKey: async (developerId) => void (await persons.ensure(developerId)),
    destroyPersonKey: (developerId) => persons.destroy(developerId),
    discardPersonKey: (developerId) => persons.discard(developerId),
    async seal(developerId, plaintext, place) {
      const head = header({ developerId, ...place });
      const bytes = utf8(plaintext);
      return toSealed(head, encrypt(await persons.ensure(developerId), bytes, contextOf(head)));
    },
    open: async (sealed) => (await openMany([sealed]))[0],
    openMany,
    isSealed,

    sealWith: (secret, plaintext) =>
      encrypt(receiptKey(secret), utf8(plaintext), RECEIPT_CONTEXT).toString('base64url'),
    openWith(secret, sealed) {
      const box = fromBase64url(sealed);
      return box && decrypt(receiptKey(secret), box, RECEIPT_CONTEXT)?.toString('utf8');
    },

    mintKey: (parts) => apiKeys.mint(parts),
    apiKeys,
    mintToken: (parts) => serviceTokens.mint(parts),
    serviceTokens,

    async rewrap(newMasterKey) {
      await rewrapRootSecret(vault, masterKey, newMasterKey);
      masterKey = newMasterKey;
    },
  };
}

/** Remembers what a function gave for each text. */
function remember<R>(compute: (text: string) => R): (text: string) => R {
  const known = new Map<string, R>();
  return (text) => {
    let result = known.get(text);
    if (result === undefined) known.set(text, (result = compute(text)));
    return result;
  };
}
