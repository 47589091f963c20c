import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import basex from 'base-x';
import crc32 from 'crc-32';
import type { MintedKey } from '#domain/core/decider.js';

/*
 * An API key is `<prefix>_<id>_<secret>_<checksum>`:
 *   id        the application's id (16 bytes) and the first 4 bytes of SHA-256(credential id): where to look it up
 *   secret    20 bytes
 *   checksum  CRC-32 of everything before its underscore, so that a scanner can tell a leaked key from noise, offline
 * Each is a number in base 62 of a fixed width.
 */
const ALGORITHM = 'hmac-sha256.v1';
const DEFAULT_PREFIX = 'gh';
const PREFIX = /^[A-Za-z][A-Za-z0-9_]{0,18}[A-Za-z0-9]$/;
const KEY = /^([A-Za-z][A-Za-z0-9_]{0,18}[A-Za-z0-9])_([0-9A-Za-z]{27})_([0-9A-Za-z]{27})_([0-9A-Za-z]{6})$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const base62 = basex('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz');

export interface ApiKeyParts {
  /** A UUID. */
  readonly applicationId: string;
  readonly credentialId: string;
  /** 20 bytes. */
  readonly secret: Uint8Array;
}

export interface ParsedKey {
  readonly applicationId: string;
  /** Equals `credentialTag(id)` of the key's credential: narrows the search; only the digest decides. */
  readonly credentialTag: string;
  /** Prefix and id: names the key in a log without giving it away. */
  readonly name: string;
}

export interface StoredDigest {
  readonly digest: string;
  readonly algorithm: string;
}

export interface ApiKeys {
  mint(parts: ApiKeyParts): MintedKey;
  /** Keyed digest of a whole key, base64url. */
  digest(key: string): string;
  /** Compares in constant time; false for an algorithm that is not known. */
  verifyDigest(key: string, stored: StoredDigest): boolean;
  /** Like verifyDigest, for one key and many stored digests: hashes the key once, when it is first asked. */
  verifier(key: string): (stored: StoredDigest) => boolean;
}

/** Makes and checks API keys. `pepper` is held by the server: a stolen digest cannot be checked against guesses. */
export function createApiKeys({ pepper, prefix = DEFAULT_PREFIX }: { pepper: KeyObject; prefix?: string }): ApiKeys {
  if (!PREFIX.test(prefix)) {
    throw new Error('The key prefix must be 2 to 20 letters, digits or underscores, start with a letter and not end with an underscore'); // prettier-ignore
  }
  const hash = (key: string) => createHmac('sha256', pepper).update(key).digest();
  return {
    mint(parts) {
      const key = formatKey(prefix, parts);
      return { key, digest: hash(key).toString('base64url'), algorithm: ALGORITHM };
    },
    digest: (key) => hash(key).toString('base64url'),
    verifyDigest: (key, stored) => verifierOf(() => hash(key))(stored),
    verifier: (key) => verifierOf(() => hash(key)),
  };
}

function verifierOf(hash: () => Buffer): (stored: StoredDigest) => boolean {
  let own: Buffer | undefined;
  return ({ digest, algorithm }) => {
    const stored = Buffer.from(digest, 'base64url');
    own ??= hash();
    return algorithm === ALGORITHM && stored.length === own.length && timingSafeEqual(stored, own);
  };
}

/** First 4 bytes of SHA-256(credential id), hex: as it appears in a parsed key. */
export const credentialTag = (credentialId: string): string =>
  createHash('sha256').update(credentialId).digest('hex').slice(0, 8);

/** Takes a key apart; undefined if it is malformed or its checksum is wrong. Needs no secret and proves nothing. */
export function parseKey(text: string): ParsedKey | undefined {
  const match = KEY.exec(text);
  if (!match) return undefined;
  const [, prefix, id, secret, sum] = match as unknown as [string, string, string, string, string];
  if (checksum(`${prefix}_${id}_${secret}`) !== sum) return undefined;
  const bytes = fromBase62(id, 20);
  if (!bytes || !fromBase62(secret, 20)) return undefined;
  const hex = bytes.toString('hex');
  return {
    applicationId: hex.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
    credentialTag: hex.slice(32),
    name: `${prefix}_${id}`,
  };
}

function formatKey(prefix: string, { applicationId, credentialId, secret }: ApiKeyParts): string {
  if (!UUID.test(applicationId)) throw new Error('An API key needs a UUID, in lower case, as its application id');
  if (secret.length !== 20) throw new Error('An API key needs 20 secret bytes');
  const id = Buffer.from(applicationId.replaceAll('-', '') + credentialTag(credentialId), 'hex');
  const body = `${prefix}_${toBase62(id, 27)}_${toBase62(secret, 27)}`;
  return `${body}_${checksum(body)}`;
}

function checksum(text: string): string {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(crc32.str(text));
  return toBase62(bytes, 6);
}

/** As a number: base-x itself keeps leading zero bytes as digits, which would make the width vary. */
const toBase62 = (bytes: Uint8Array, width: number): string =>
  base62.encode(bytes).replace(/^0+/, '').padStart(width, '0');

function fromBase62(text: string, size: number): Buffer | undefined {
  const bytes = base62.decode(text.replace(/^0+/, ''));
  return bytes.length > size ? undefined : Buffer.concat([Buffer.alloc(size - bytes.length), bytes]);
}
