import type { Decider } from '../core/decider.js';
import type { DeveloperEvent, DeveloperStatus } from './events.js';
import type { MembershipSource } from './team-events.js';

/** Somebody known to an identity provider; who, is a claim of the stream. */
export interface LinkedIdentity {
  readonly identity_provider_id: string;
  readonly issuer: string;
}

/** In a team of the portal, which may have been deleted since. */
export interface Membership {
  readonly team_id: string;
  readonly source: MembershipSource;
}

export interface DeveloperState {
  /** False before the sign-up and after the removal. */
  readonly exists: boolean;
  readonly removed: boolean;
  readonly portal_id: string;
  /** Sealed, as the event holds it; no decision looks inside. */
  readonly email: string;
  /** Sealed, as the event holds it. */
  readonly full_name: string;
  readonly status: DeveloperStatus;
  readonly email_confirmed: boolean;
  readonly password_set: boolean;
  /** Through which providers the developer signs in. */
  readonly identities: readonly LinkedIdentity[];
  /** In the order of joining. */
  readonly teams: readonly Membership[];
  readonly created_at: string;
  readonly updated_at: string;
  /** When the developer was last told of a repeated sign-up; null if never. */
  readonly sign_up_repeated_at: string | null;
  /** When a link to set a password was last asked for; null if never, or if a password was set since. */
  readonly password_reset_requested_at: string | null;
}

const initialState: DeveloperState = {
  exists: false,
  removed: false,
  portal_id: '',
  email: '',
  full_name: '',
  status: 'pending',
  email_confirmed: false,
  password_set: false,
  identities: [],
  teams: [],
  created_at: '',
  updated_at: '',
  sign_up_repeated_at: null,
  password_reset_requested_at: null,
};

function evolve(state: DeveloperState, event: DeveloperEvent & { readonly at: string }): DeveloperState {
  const updated_at = event.at;
  switch (event.type) {
    case 'developer.registered.v1':
      return { ...initialState, ...event.data, exists: true, created_at: event.at, updated_at };
    case 'developer.sign-up-repeated.v1':
      return { ...state, sign_up_repeated_at: event.at };
    case 'developer.password-reset-requested.v1':
      return { ...state, password_reset_requested_at: event.at };
    case 'developer.email-confirmed.v1':
      return { ...state, email_confirmed: true, updated_at };
    case 'developer.identity-linked.v1': {
      const { identity_provider_id, issuer } = event.data;
      return { ...state, identities: [...state.identities, { identity_provider_id, issuer }], updated_at };
    }
    case 'developer.password-set.v1':
      return { ...state, password_set: true, password_reset_requested_at: null, updated_at };
    case 'developer.approved.v1':
      return { ...state, status: 'approved', updated_at };
    case 'developer.rejected.v1':
      return { ...state, status: 'rejected', updated_at };
    case 'developer.revoked.v1':
      return { ...state, status: 'revoked', updated_at };
    case 'developer.added-to-team.v1': {
      const { team_id, source } = event.data;
      return { ...state, teams: [...state.teams, { team_id, source }] };
    }
    case 'developer.removed-from-team.v1':
      return { ...state, teams: state.teams.filter(({ team_id }) => team_id !== event.data.team_id) };
    case 'developer.removed.v1':
      return { ...initialState, removed: true, portal_id: state.portal_id, created_at: state.created_at, updated_at };
    default:
      return state;
  }
}

/** A developer's account on one portal. */
export const developer: Decider<DeveloperState> = {
  initialState,
  evolve: evolve as Decider<DeveloperState>['evolve'],
};

/** The developer as answers show it: nothing personal, names and addresses are opened at the edge. */
export const developerResource = (id: string, state: DeveloperState) => ({
  id,
  status: state.status,
  email_confirmed: state.email_confirmed,
  created_at: state.created_at,
  updated_at: state.updated_at,
});
