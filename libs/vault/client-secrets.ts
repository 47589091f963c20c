import { createSecretKey } from 'node:crypto';
import { decrypt, encrypt, fromBase64url, utf8 } from './aead.js';
import type { Keyring } from './keyring.js';
import type { VaultStore } from './port.js';

const KIND = 'client-secret';
const PREFIX = 'secret:v1:';

/** Secrets that this service shows to other servers: it must know them again, so they are sealed and not hashed. */
export interface ClientSecrets {
  /**
   * Seals and stores a secret; answers where it is. The same secret of the same owner is in the same place, so that a repeat
   * stores it once and a command that changes nothing is seen to change nothing. The place is a keyed hash: it tells nothing.
   */
  keep(owner: string, secret: string): Promise<string>;
  /** The secret in clear; undefined if it is gone, or was altered. */
  open(reference: string): Promise<string | undefined>;
  /** Deletes it. Repeating it is harmless. */
  forget(reference: string): Promise<void>;
}

export interface ClientSecretsOptions {
  readonly vault: VaultStore;
  readonly keyring: Pick<Keyring, 'derive' | 'hmac'>;
}

export function createClientSecrets({ vault, keyring }: ClientSecretsOptions): ClientSecrets {
  const key = createSecretKey(keyring.derive('client-secret'));
  const idOf = (reference: string) => reference.slice(PREFIX.length);

  return {
    async keep(owner, secret) {
      const reference = PREFIX + keyring.hmac('client-secret-place', JSON.stringify([owner, secret]));
      const sealed = encrypt(key, utf8(secret), utf8(reference)).toString('base64url');
      await vault.put(KIND, idOf(reference), sealed, { owner });
      return reference;
    },

    async open(reference) {
      if (!reference.startsWith(PREFIX)) return undefined;
      const record = await vault.get(KIND, idOf(reference));
      const box = record && fromBase64url(String(record.value));
      return box && decrypt(key, box, utf8(reference))?.toString('utf8');
    },

    forget: async (reference) => void (await vault.delete(KIND, idOf(reference))),
  };
}
