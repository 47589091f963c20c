import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { VaultStore } from './port.js';

/** Bearer tokens for integrations, auditors, analytics and gateways; only their SHA-256 is kept (128 bits and more need no slow hash). */
export interface BearerToken {
  readonly name: string;
  readonly role: string;
  readonly createdAt: string;
}

const KIND = 'bearer-token';
const idOf = (token: string): string => createHash('sha256').update(token).digest('hex');

/** Makes a token; shown only here. `expiresAt` in milliseconds since the epoch. */
export async function issueBearerToken(
  vault: VaultStore,
  token: { name: string; role: string; expiresAt?: number },
  now = new Date(),
): Promise<string> {
  const text = `ght_${randomBytes(24).toString('base64url')}`;
  const { name, role, expiresAt } = token;
  const value: BearerToken = { name, role, createdAt: now.toISOString() };
  await vault.put(KIND, idOf(text), value, { owner: name, ...(expiresAt === undefined ? {} : { expiresAt }) });
  return text;
}

/** The token's name and role; undefined if unknown or expired. */
export async function findBearerToken(vault: VaultStore, text: string): Promise<BearerToken | undefined> {
  return (await vault.get(KIND, idOf(text)))?.value as BearerToken | undefined;
}

export interface ListedToken extends BearerToken {
  /** ISO 8601; null: it does not expire. */
  readonly expiresAt: string | null;
}

/** Every token that is good, by name; never the token itself. */
export async function listBearerTokens(vault: VaultStore): Promise<readonly ListedToken[]> {
  const found: ListedToken[] = [];
  for (let after: string | undefined; ;) {
    const records = await vault.list(KIND, { ...(after === undefined ? {} : { after }), limit: 500 });
    for (const { value, expiresAt } of records) {
      found.push({
        ...(value as BearerToken),
        expiresAt: expiresAt === undefined ? null : new Date(expiresAt).toISOString(),
      });
    }
    after = records.at(-1)?.id;
    if (after === undefined) break;
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.createdAt < b.createdAt ? -1 : 1));
}

/** Ends all tokens of a name; the number ended. */
export const revokeBearerTokens = (vault: VaultStore, name: string): Promise<number> => vault.deleteOwned(KIND, name);

/** Compares two secrets without telling by time how much of them agrees. */
export function sameSecret(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
