import type { Decider } from '../core/decider.js';
import type { TeamDetails, TeamEvent } from './events.js';
import type { Role } from './roles.js';

export interface TeamState extends TeamDetails {
  /** False before the creation and after the deletion. */
  readonly exists: boolean;
  readonly deleted: boolean;
  readonly portal_id: string;
  /** In the order in which they were assigned. */
  readonly roles: readonly Role[];
  readonly created_at: string;
  /** The last change of name or description; roles have no part in it. */
  readonly updated_at: string;
}

const initialState: TeamState = {
  exists: false,
  deleted: false,
  portal_id: '',
  name: '',
  description: null,
  roles: [],
  created_at: '',
  updated_at: '',
};

function evolve(state: TeamState, event: TeamEvent & { readonly at: string }): TeamState {
  switch (event.type) {
    case 'team.created.v1':
      return { ...initialState, ...event.data, exists: true, created_at: event.at, updated_at: event.at };
    case 'team.edited.v1':
      return { ...state, ...event.data, updated_at: event.at };
    case 'team.role-assigned.v1': {
      const { role_id: id, ...role } = event.data;
      return { ...state, roles: [...state.roles, { id, ...role }] };
    }
    case 'team.role-removed.v1':
      return { ...state, roles: state.roles.filter(({ id }) => id !== event.data.role_id) };
    case 'team.deleted.v1':
      return { ...state, exists: false, deleted: true, roles: [], updated_at: event.at };
    default:
      return state;
  }
}

/** A set of developers of one portal and what its members may do with products. Who is a member, the developers' streams say. */
export const team: Decider<TeamState> = { initialState, evolve: evolve as Decider<TeamState>['evolve'] };

/** The team as answers show it; a description that is not there is an empty text, as the Konnect API has no null here. */
export const teamResource = (id: string, { name, description, created_at, updated_at }: TeamState) => ({
  id,
  name,
  description: description ?? '',
  created_at,
  updated_at,
});
