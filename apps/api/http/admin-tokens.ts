import { LRUCache } from 'lru-cache';
import type { JWTPayload } from 'jose';
import type { Role } from '#domain/core/roles.js';
import { isPlainLine } from '#domain/core/text.js';
import { claimAt } from '#oidc/claims.js';
import type { Issuers } from '#oidc/issuers.js';
import { verifyJwt, type JwtFault } from '#oidc/verify.js';
import type { AdminIdentity } from '../admin-identity.js';

/** So long a verified token is believed without another look at its signature: a key that the provider withdraws ends it then. */
const BELIEVED_MS = 60_000;
const MOST_REMEMBERED = 1_000;

export type AdminToken =
  | { readonly ok: true; readonly subject: string; readonly roles: readonly Role[] }
  | { readonly ok: false; readonly reason: JwtFault };

/** Access tokens of the organisation's provider (RFC 9068). Answers at once for those seen lately. */
export function createAdminTokens(
  identity: AdminIdentity,
  { issuers, now }: { readonly issuers: Issuers; readonly now: () => number },
): (token: string) => AdminToken | Promise<AdminToken> {
  const believed = new LRUCache<string, { readonly token: AdminToken; readonly until: number }>({
    max: MOST_REMEMBERED,
  });

  async function verify(text: string): Promise<AdminToken> {
    const { issuer, audience } = identity;
    const verdict = await verifyJwt(text, { issuers, issuer, audience, typ: 'at+jwt', now });
    if (!verdict.ok) return verdict;
    const { sub, client_id, exp } = verdict.claims;
    const named = typeof sub === 'string' && sub !== '' && sub.length <= 255 && isPlainLine(sub);
    if (!named || typeof client_id !== 'string') return { ok: false, reason: 'malformed' };
    const token = { ok: true, subject: sub, roles: rolesIn(verdict.claims, identity) } as const;
    believed.set(text, { token, until: Math.min(exp! * 1000, now() + BELIEVED_MS) });
    return token;
  }

  return (text) => {
    const known = believed.get(text);
    return known && now() < known.until ? known.token : verify(text);
  };
}

/** The roles that a claim gives: a list, or one text with spaces between. What the map does not name gives nothing. */
export function rolesIn(claims: JWTPayload, { roleClaim, roles }: AdminIdentity): readonly Role[] {
  const value = claimAt(claims, roleClaim);
  const texts = typeof value === 'string' ? [value, ...value.split(' ')] : Array.isArray(value) ? value : [];
  const found = texts.map((text) => (typeof text === 'string' ? roles.get(text) : undefined));
  return [...new Set(found.filter((role): role is Role => role !== undefined))];
}
