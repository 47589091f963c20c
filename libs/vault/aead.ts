import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Random bytes for the next nonces: asking for a few at a time costs forty times as much. */
let pool = Buffer.alloc(0);

function freshNonce(): Buffer {
  if (pool.length < NONCE_BYTES) pool = randomBytes(NONCE_BYTES * 256);
  const nonce = pool.subarray(0, NONCE_BYTES);
  pool = pool.subarray(NONCE_BYTES);
  return nonce;
}

/**
 * AES-256-GCM (NIST SP 800-38D) under a random 96-bit nonce: nonce, ciphertext, tag, in this order.
 * `context` is authenticated with it and must be the same again to open the box.
 */
export function encrypt(key: KeyObject | Uint8Array, plaintext: Uint8Array, context: Uint8Array): Buffer {
  const nonce = freshNonce();
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(context);
  return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** Undefined if the box was made with another key or context, or was altered. */
export function decrypt(key: KeyObject | Uint8Array, box: Uint8Array, context: Uint8Array): Buffer | undefined {
  if (box.length < NONCE_BYTES + TAG_BYTES) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, box.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(context).setAuthTag(box.subarray(box.length - TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(box.subarray(NONCE_BYTES, box.length - TAG_BYTES)), decipher.final()]);
  } catch {
    return undefined;
  }
}

/** Strict base64url without padding (RFC 4648, section 5): one text per value, so that no altered text decodes to the same bytes. */
export function fromBase64url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}

/** UTF-8 of a text; throws for one with lone surrogates, which would come back as another text. */
export function utf8(text: string): Buffer {
  if (!text.isWellFormed()) throw new Error('The text to be sealed is not well-formed Unicode');
  return Buffer.from(text, 'utf8');
}
