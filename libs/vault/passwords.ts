import { randomBytes } from 'node:crypto';
import { hash, parseOptions, verify } from '@node-rs/argon2';
import { createBoundedQueue, type QueueLoad } from './bounded-queue.js';
import { normalizePassword } from './password-policy.js';
import type { VaultStore } from './port.js';

const KIND = 'password';

/** argon2id, version 19 (RFC 9106); the numbers are OWASP's for 19 MiB. `algorithm` and `version` are the library's codes. */
const ARGON2ID = { algorithm: 2, version: 1, memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 } as const;

export interface PasswordsOptions {
  readonly vault: VaultStore;
  /** Hashes computed at once; each takes 19 MiB and a core. */
  readonly parallel?: number;
  /** Hashes that may wait; beyond, TooBusy. */
  readonly waiting?: number;
}

export interface Passwords {
  /** Sets or replaces the password. The caller has checked it with `passwordViolations`. */
  set(developerId: string, password: string): Promise<void>;
  /**
   * Whether this is the account's password. Does the same work for an account without one and for `undefined` (no such
   * account), so that time tells nothing. A hash of older strength is replaced on success.
   */
  verify(developerId: string | undefined, password: string): Promise<boolean>;
  has(developerId: string): Promise<boolean>;
  remove(developerId: string): Promise<void>;
  /** Hashes being computed and waiting, for the metrics. */
  load(): QueueLoad;
}

/** Passwords as argon2id hashes in the vault. Both hashing methods reject with TooBusy when too much is waiting. */
export function createPasswords({ vault, parallel = 2, waiting = 50 }: PasswordsOptions): Passwords {
  const inTurn = createBoundedQueue({ parallel, waiting });
  const unmatchable = dummyHash();
  const stored = async (developerId: string) => {
    const record = await vault.get(KIND, developerId);
    return record && { version: record.version, hash: (record.value as { hash: string }).hash };
  };

  return {
    async set(developerId, password) {
      const hashed = await inTurn(() => hash(normalizePassword(password), ARGON2ID));
      await vault.put(KIND, developerId, { hash: hashed }, { owner: developerId });
    },

    async verify(developerId, password) {
      const normal = normalizePassword(password);
      const known = developerId === undefined ? undefined : await stored(developerId);
      const right = await inTurn(() => verify(known?.hash ?? unmatchable, normal));
      if (!known || !right || developerId === undefined) return false;
      if (needsRehash(known.hash)) {
        const renewed = await inTurn(() => hash(normal, ARGON2ID));
        // Compare and set: a password set meanwhile stays.
        await vault.replace(KIND, developerId, known.version, { hash: renewed }, { owner: developerId });
      }
      return true;
    },

    has: async (developerId) => (await stored(developerId)) !== undefined,
    remove: async (developerId) => void (await vault.delete(KIND, developerId)),
    load: inTurn.load,
  };
}

/** Whether a hash (PHC string) was made with other parameters than those in force. */
export function needsRehash(phc: string): boolean {
  const used: Readonly<Record<string, unknown>> = { ...parseOptions(phc) };
  return Object.entries(ARGON2ID).some(([parameter, value]) => used[parameter] !== value);
}

/** Costs as much to verify as a real one and was made from no password. */
function dummyHash(): string {
  const random = (bytes: number) => randomBytes(bytes).toString('base64').replace(/=+$/, '');
  const { memoryCost, timeCost, parallelism, outputLen } = ARGON2ID;
  return `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$${random(16)}$${random(outputLen)}`;
}
