import type { Decider } from '../core/decider.js';
import { fromPairs } from '../core/events.js';
import type { PortalEvent, PortalSettings } from './events.js';
import { INITIAL_SIGN_IN, evolveSignIn } from './identity-state.js';
import type { SignInState } from './identity-state.js';
import { mappingsAfter, type TeamMapping } from './team-groups.js';

export interface PortalState extends PortalSettings, SignInState {
  /** False before the creation and after the deletion. */
  readonly exists: boolean;
  readonly deleted: boolean;
  /** Which groups of the identity provider lead to which teams; some may have been deleted since. */
  readonly team_groups: readonly TeamMapping[];
  /** Given at creation, and kept when the portal is renamed, so that links stay good. */
  readonly default_domain: string;
  readonly created_at: string;
  readonly updated_at: string;
}

const WEEK_IN_SECONDS = 604_800;

/** Settings of a portal that says nothing about them: private, and every decision is an administrator's. */
export const DEFAULT_SETTINGS: Omit<PortalSettings, 'name' | 'display_name'> = {
  description: null,
  is_public: false,
  rbac_enabled: false,
  auto_approve_applications: false,
  auto_approve_developers: false,
  custom_domain: null,
  custom_client_domain: null,
  default_application_auth_strategy_id: null,
  labels: [],
  max_rotation_overlap_seconds: WEEK_IN_SECONDS,
  keep_keys_of_revoked_developers: false,
  require_registration_for_keys: false,
};

const initialState: PortalState = {
  ...DEFAULT_SETTINGS,
  ...INITIAL_SIGN_IN,
  name: '',
  display_name: '',
  exists: false,
  deleted: false,
  team_groups: [],
  default_domain: '',
  created_at: '',
  updated_at: '',
};

function evolve(state: PortalState, event: PortalEvent & { readonly at: string }): PortalState {
  switch (event.type) {
    case 'portal.created.v1':
      return { ...initialState, ...event.data, exists: true, created_at: event.at, updated_at: event.at };
    case 'portal.settings-changed.v1':
      return { ...state, ...event.data, updated_at: event.at };
    case 'portal.identity-provider-added.v1':
    case 'portal.identity-provider-edited.v1':
    case 'portal.identity-provider-removed.v1':
    case 'portal.authentication-settings-changed.v1':
      return { ...state, ...evolveSignIn(state, event), updated_at: event.at };
    case 'portal.team-groups-mapped.v1':
      return { ...state, team_groups: mappingsAfter(state.team_groups, event.data.mappings), updated_at: event.at };
    case 'portal.deleted.v1':
      return { ...state, exists: false, deleted: true, updated_at: event.at };
    default:
      return state;
  }
}

/** A portal with its settings: the tenant that developers, applications and publications belong to. */
export const portal: Decider<PortalState> = { initialState, evolve: evolve as Decider<PortalState>['evolve'] };

/** The portal as answers show it; the Konnect-compatible surface leaves Gatehouse's own settings out. */
export const portalResource = (id: string, state: PortalState) => ({
  id,
  name: state.name,
  display_name: state.display_name,
  description: state.description,
  default_domain: state.default_domain,
  is_public: state.is_public,
  rbac_enabled: state.rbac_enabled,
  auto_approve_applications: state.auto_approve_applications,
  auto_approve_developers: state.auto_approve_developers,
  custom_domain: state.custom_domain,
  custom_client_domain: state.custom_client_domain,
  default_application_auth_strategy_id: state.default_application_auth_strategy_id,
  labels: fromPairs(state.labels),
  max_rotation_overlap_seconds: state.max_rotation_overlap_seconds,
  keep_keys_of_revoked_developers: state.keep_keys_of_revoked_developers,
  require_registration_for_keys: state.require_registration_for_keys,
  created_at: state.created_at,
  updated_at: state.updated_at,
});
