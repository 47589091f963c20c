import { LRUCache } from 'lru-cache';
import type { CurrentStates } from '#command-handling/current-states.js';
import type { Role } from '#domain/core/roles.js';
import { isGood, type ServiceTokenState } from '#domain/service-token/state.js';
import type { Issuers } from '#oidc/issuers.js';
import type { JwtFault } from '#oidc/verify.js';
import type { Keyring } from '#vault/keyring.js';
import { sameSecret } from '#vault/same-secret.js';
import type { AdminIdentity } from '../admin-identity.js';
import { createAdminTokens } from './admin-tokens.js';

/** Who comes with a bearer token. */
export interface Bearer {
  /** A token's name, or the subject at the organisation's provider: the actor of what it does. */
  readonly id: string;
  readonly roles: readonly Role[];
  /** The only portal that it reads and changes. */
  readonly portal?: string;
}

export type Found = Bearer | { readonly refused: JwtFault | 'unknown' };

/** The admin token, service tokens and the organisation's own. */
export interface Bearers {
  /**
   * Answers at once where what it takes is at hand.
   * @throws StoreUnavailable if the log cannot tell whether the token was revoked
   */
  find(text: string): Found | Promise<Found>;
}

export interface BearersOptions {
  readonly adminToken: string;
  readonly adminIdentity?: AdminIdentity;
  readonly states: CurrentStates;
  readonly keyring: Pick<Keyring, 'serviceTokens'>;
  readonly issuers: Issuers;
  readonly now: () => number;
}

const UNKNOWN = { refused: 'unknown' } as const;
const JWT = /^eyJ[\w-]*\.[\w-]+\.[\w-]*$/;
const MOST_VERIFIED = 1_000;

export function createBearers(options: BearersOptions): Bearers {
  const { states, issuers, now } = options;
  const { serviceTokens } = options.keyring;
  const adminTokens = options.adminIdentity && createAdminTokens(options.adminIdentity, { issuers, now });
  /** Texts whose digest was compared; that of a token never changes, so that only its state has to be looked at. */
  const verified = new LRUCache<string, string>({ max: MOST_VERIFIED });

  function judge(text: string, id: string, state: ServiceTokenState): Found {
    if (!isGood(state, new Date(now()).toISOString())) return UNKNOWN;
    if (verified.get(text) !== id) {
      if (!serviceTokens.verify(text, state)) return UNKNOWN;
      verified.set(text, id);
    }
    const { name, role, portal_id } = state;
    return { id: name, roles: [role], ...(portal_id === null ? {} : { portal: portal_id }) };
  }

  async function organisations(text: string): Promise<Found> {
    const token = await adminTokens!(text);
    return token.ok ? { id: token.subject, roles: token.roles } : { refused: token.reason };
  }

  return {
    find(text) {
      const id = verified.get(text) ?? serviceTokens.idOf(text);
      if (id !== undefined) {
        const atHand = states.fresh() ? states.peek<ServiceTokenState>('serviceToken', id) : undefined;
        if (atHand) return judge(text, id, atHand.state);
        return states.load<ServiceTokenState>('serviceToken', id).then(({ state }) => judge(text, id, state));
      }
      if (adminTokens && JWT.test(text)) return organisations(text);
      return sameSecret(text, options.adminToken) ? { id: 'admin', roles: ['admin'] } : UNKNOWN;
    },
  };
}
