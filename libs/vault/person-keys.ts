import { createSecretKey, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { decrypt, encrypt, fromBase64url } from './aead.js';
import { inBursts } from './in-bursts.js';
import type { VaultRecord, VaultStore } from './port.js';
import { atMost } from '#lru/at-most.js';

const KIND = 'person-key';

/** How long a key may be held in memory, and so how long a key destroyed by another process may still be used. */
export const KEY_CACHE_MS = 60_000;
const MAX_CACHED = 10_000;

/** `destroyed` stays for ever, so that no late write makes a forgotten person a new key. */
type Stored = { readonly wrapped: string } | { readonly destroyed: true };

/** The person's key was destroyed: nothing can be sealed for them any more. */
export class PersonForgotten extends Error {
  override readonly name = 'PersonForgotten';
}

export interface PersonKeys {
  /** The person's key, made if there is none. Throws PersonForgotten if it was destroyed. */
  ensure(developerId: string): Promise<KeyObject>;
  /** The keys that exist, in one round trip for those not in memory. */
  find(developerIds: Iterable<string>): Promise<ReadonlyMap<string, KeyObject>>;
  /** Forgets the person: in this process at once, in the vault's files before it resolves, elsewhere within KEY_CACHE_MS. */
  destroy(developerId: string): Promise<void>;
  /** Removes the key made for a person of whom nothing was recorded in the end; another may be made. */
  discard(developerId: string): Promise<void>;
}

/** Of these persons, those whose keys were destroyed. */
export async function forgottenAmong(
  vault: Pick<VaultStore, 'getMany'>,
  developerIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const records = [...(await vault.getMany(KIND, developerIds)).values()];
  return new Set(records.filter(({ value }) => 'destroyed' in (value as Stored)).map(({ id }) => id));
}

/** One random AES-256 key per developer, stored wrapped by a key derived from the root secret. */
export function createPersonKeys(vault: VaultStore, wrappingKey: KeyObject, now: () => number): PersonKeys {
  const cache = new LRUCache<string, KeyObject>({
    ...atMost(MAX_CACHED),
    ttl: KEY_CACHE_MS,
    ttlResolution: 0,
    perf: { now },
  });
  // A key read before a destruction must not enter the cache after it.
  let destructions = 0;
  // It writes the whole file anew: once for all that are destroyed at about the same time.
  const scrub = inBursts(() => vault.scrub());

  function unwrap(record: VaultRecord): KeyObject | undefined {
    const stored = record.value as Stored;
    if ('destroyed' in stored) return undefined;
    const box = fromBase64url(stored.wrapped);
    const key = box && decrypt(wrappingKey, box, contextFor(record.id));
    if (!key) throw new Error('A person key does not unwrap: the vault was altered');
    return createSecretKey(key);
  }

  async function find(developerIds: Iterable<string>): Promise<Map<string, KeyObject>> {
    const keys = new Map<string, KeyObject>();
    const missing: string[] = [];
    for (const id of new Set(developerIds)) {
      const cached = cache.get(id);
      if (cached) keys.set(id, cached);
      else missing.push(id);
    }
    if (missing.length === 0) return keys;
    const seen = destructions;
    for (const [id, record] of await vault.getMany(KIND, missing)) {
      const key = unwrap(record);
      if (!key) continue;
      keys.set(id, key);
      if (seen === destructions) cache.set(id, key);
    }
    return keys;
  }

  return {
    find,

    async ensure(developerId) {
      const existing = (await find([developerId])).get(developerId);
      if (existing) return existing;
      const box = encrypt(wrappingKey, randomBytes(32), contextFor(developerId));
      await vault.insert(KIND, developerId, { wrapped: box.toString('base64url') } satisfies Stored);
      // Read back: somebody else's insert may have won, or the key may have been destroyed.
      const key = (await find([developerId])).get(developerId);
      if (!key)
        throw new PersonForgotten('The personal data of this developer was erased; nothing more can be recorded');
      return key;
    },

    async destroy(developerId) {
      await vault.put(KIND, developerId, { destroyed: true } satisfies Stored);
      destructions += 1;
      cache.delete(developerId);
      await scrub();
    },

    async discard(developerId) {
      await vault.delete(KIND, developerId);
      destructions += 1;
      cache.delete(developerId);
    },
  };
}

const contextFor = (developerId: string): Buffer => Buffer.from(`gatehouse:person-key:v1:${developerId}`);
