import { createSecretKey, randomBytes } from 'node:crypto';
import { decrypt, encrypt, fromBase64url } from './aead.js';
import type { VaultRecord, VaultStore } from './port.js';

const KIND = 'root';
const ID = 'root';
const CONTEXT = Buffer.from('gatehouse:root-secret:v1');

/** The master key is not the one that the vault was made with. Carries no key material. */
export class WrongMasterKey extends Error {
  override readonly name = 'WrongMasterKey';
}

/** There is no root secret, and the caller did not allow to make one. */
export class NoRootSecret extends Error {
  override readonly name = 'NoRootSecret';
}

export interface RootSecretOptions {
  readonly vault: VaultStore;
  /** 32 bytes. */
  readonly masterKey: Uint8Array;
  /**
   * Whether to make a root secret where there is none. Say false when the log has events already: they hold hashes and
   * sealed fields under the old root secret, and a new one would orphan them all.
   */
  readonly create?: boolean;
}

/** The vault's one root secret (32 bytes), unwrapped; made at random when the vault is new. */
export async function loadRootSecret({ vault, masterKey, create = true }: RootSecretOptions): Promise<Buffer> {
  const stored = (await vault.get(KIND, ID)) ?? (create ? await make(vault, masterKey) : undefined);
  if (!stored) {
    throw new NoRootSecret(
      'The vault holds no root secret, but the log has events: restore the vault that belongs to it',
    );
  }
  return unwrap(stored, masterKey);
}

/** Wraps the root secret with another master key. From then on only that one opens the vault. */
export async function rewrapRootSecret(vault: VaultStore, oldKey: Uint8Array, newKey: Uint8Array): Promise<void> {
  const stored = await vault.get(KIND, ID);
  if (!stored) throw new NoRootSecret('The vault holds no root secret to wrap anew');
  const root = unwrap(stored, oldKey);
  const done = await vault.replace(KIND, ID, stored.version, { wrapped: wrap(root, newKey) });
  if (!done) throw new Error('The master key was changed by somebody else meanwhile; start with the key now in force');
  await vault.scrub();
}

async function make(vault: VaultStore, masterKey: Uint8Array): Promise<VaultRecord | undefined> {
  // Two processes may start on an empty vault at once: whoever loses takes the winner's secret.
  await vault.insert(KIND, ID, { wrapped: wrap(randomBytes(32), masterKey) });
  return vault.get(KIND, ID);
}

function masterKeyOf(bytes: Uint8Array) {
  if (bytes.length !== 32) throw new Error('The master key must be 32 bytes');
  return createSecretKey(bytes);
}

const wrap = (root: Uint8Array, masterKey: Uint8Array): string =>
  encrypt(masterKeyOf(masterKey), root, CONTEXT).toString('base64url');

function unwrap(record: VaultRecord, masterKey: Uint8Array): Buffer {
  const box = fromBase64url((record.value as { wrapped: string }).wrapped);
  const root = box && decrypt(masterKeyOf(masterKey), box, CONTEXT);
  if (!root) {
    throw new WrongMasterKey(
      'The master key does not open this vault; start with the key that the vault was made with',
    );
  }
  return root;
}
