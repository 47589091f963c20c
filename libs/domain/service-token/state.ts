import type { Decider } from '../core/decider.js';
import type { IssuedToken, ServiceTokenEvent } from './events.js';

export interface ServiceTokenState extends IssuedToken {
  /** False before it was issued and after it was revoked. */
  readonly exists: boolean;
  readonly created_at: string;
  readonly revoked_at: string | null;
}

const initialState: ServiceTokenState = {
  exists: false,
  name: '',
  role: 'gateway',
  portal_id: null,
  expires_at: null,
  digest: '',
  algorithm: '',
  created_at: '',
  revoked_at: null,
};

function evolve(state: ServiceTokenState, event: ServiceTokenEvent & { readonly at: string }): ServiceTokenState {
  switch (event.type) {
    case 'service-token.issued.v1':
      return { ...initialState, ...event.data, exists: true, created_at: event.at };
    case 'service-token.revoked.v1':
      return { ...state, exists: false, revoked_at: event.at };
    default:
      return state;
  }
}

/** A bearer token of an integration, an auditor, a gateway; only its keyed digest is known. */
export const serviceToken: Decider<ServiceTokenState> = {
  initialState,
  evolve: evolve as Decider<ServiceTokenState>['evolve'],
};

/** Whether it may be used at a time (ISO 8601 UTC with milliseconds). The time alone decides on expiry; there is no event for it. */
export const isGood = ({ exists, expires_at }: ServiceTokenState, now: string): boolean =>
  exists && (expires_at === null || now < expires_at);

type Shown = Pick<ServiceTokenState, 'name' | 'role' | 'portal_id' | 'expires_at' | 'created_at'>;

export const serviceTokenResource = (id: string, { name, role, portal_id, created_at, expires_at }: Shown) => ({
  id,
  name,
  role,
  portal_id,
  created_at,
  expires_at,
});
