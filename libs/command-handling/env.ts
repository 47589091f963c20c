import { createHmac } from 'node:crypto';
import { v7 } from 'uuid';
import type { Claim } from '#domain/core/claims.js';
import type { Env, MintedKey } from '#domain/core/decider.js';
import type { CommandEnvelope } from './envelope.js';

/** The secrets that command handling needs; the vault's keyring implements it. */
export interface Secrets {
  /** Keyed hash of a claim: the only form in which a claimed value is stored. */
  claimHash(claim: Claim): string;
  /** Builds an API key from 20 secret bytes, with the digest that may be stored. */
  mintKey(parts: { applicationId: string; credentialId: string; secret: Uint8Array }): MintedKey;
  /** Builds a bearer token from 20 secret bytes, with the digest that may be stored. */
  mintToken(parts: { tokenId: string; secret: Uint8Array }): MintedKey;
  /** Seals a personal field with the key of one developer, making the key if there is none. */
  seal(developerId: string, plaintext: string, place: { eventId: string; field: string }): Promise<string>;
  /** Removes the key that `seal` made for a developer who was not recorded in the end. */
  discardPersonKey(developerId: string): Promise<void>;
  /** Keyed hash under a key of the purpose's own. */
  hmac(purpose: string, text: string): string;
  /** Seals a recorded answer so that only the holder of the caller's own key can have it opened. */
  sealWith(secret: string, plaintext: string): string;
  openWith(secret: string, sealed: string): string | undefined;
}

/** What a decision may use of the outside world, all of it derived from the envelope. */
export function makeEnv(e: CommandEnvelope, revision: number, secrets: Secrets): Env {
  const derive = (label: string): Buffer => createHmac('sha256', e.seed).update(label).digest();
  return {
    now: e.now.toISOString(),
    actor: e.actor,
    revision,
    id: (label) => v7({ msecs: e.now.getTime(), random: derive(`id:${label}`).subarray(0, 16) }),
    mintKey: (applicationId, credentialId) =>
      secrets.mintKey({ applicationId, credentialId, secret: derive(`key:${credentialId}`).subarray(0, 20) }),
    mintToken: (tokenId) => secrets.mintToken({ tokenId, secret: derive(`token:${tokenId}`).subarray(0, 20) }),
    claimHash: (claim) => secrets.claimHash(claim),
  };
}
