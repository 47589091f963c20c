import type { Decider } from '../core/decider.js';
import { clientAfter, type Client } from './client-state.js';
import type { AccessDecided, ApplicationEvent, RegistrationStatus } from './events.js';

/** Access of the application to one product version. A withdrawn one is gone from the state. */
export interface Registration {
  readonly id: string;
  readonly product_id: string;
  readonly product_version_id: string;
  readonly status: RegistrationStatus;
  readonly scopes: readonly string[];
  readonly created_at: string;
  readonly updated_at: string;
}

/** An API key by its digest. Its status depends on the time: see `credentialStatus`. */
export interface Credential {
  readonly id: string;
  readonly display_name: string;
  readonly digest: string;
  readonly algorithm: string;
  readonly created_at: string;
  readonly expires_at: string | null;
  /** The credential that it was rotated into. */
  readonly replaced_by: string | null;
  readonly revoked_at: string | null;
  /** The expiry is in the log; the time alone decides whether a key still opens anything. */
  readonly expiry_recorded: boolean;
}

export interface ApplicationState {
  /** False before its creation and after its deletion. */
  readonly exists: boolean;
  readonly portal_id: string;
  readonly developer_id: string;
  readonly name: string;
  readonly description: string | null;
  readonly reference_id: string;
  readonly redirect_uri: string | null;
  readonly auth_strategy_id: string;
  readonly scopes: readonly string[];
  readonly created_at: string;
  /** The last edit of the application itself; registrations and credentials have their own times. */
  readonly updated_at: string;
  readonly registrations: readonly Registration[];
  /**
   * Versions of which a rejected or revoked registration was withdrawn, until one is approved again: whoever asks anew must
   * not get by a setting what an administrator denied.
   */
  readonly denied_version_ids: readonly string[];
  readonly credentials: readonly Credential[];
  /** At the provider that the auth strategy names; null: it names none. */
  readonly client: Client | null;
}

const initialState: ApplicationState = {
  exists: false,
  portal_id: '',
  developer_id: '',
  name: '',
  description: null,
  reference_id: '',
  redirect_uri: null,
  auth_strategy_id: '',
  scopes: [],
  created_at: '',
  updated_at: '',
  registrations: [],
  denied_version_ids: [],
  credentials: [],
  client: null,
};

function evolve(state: ApplicationState, event: ApplicationEvent & { readonly at: string }): ApplicationState {
  const next = evolveRest(state, event);
  const client = clientAfter(state.client, event);
  return client === next.client ? next : { ...next, client };
}

function evolveRest(state: ApplicationState, event: ApplicationEvent & { readonly at: string }): ApplicationState {
  switch (event.type) {
    case 'application.created.v1':
      return { ...initialState, ...event.data, exists: true, created_at: event.at, updated_at: event.at };
    case 'application.edited.v1':
      return { ...state, ...event.data, updated_at: event.at };
    case 'application.deleted.v1':
      return { ...state, exists: false, updated_at: event.at, registrations: [], credentials: [] };
    case 'application.client-registered.v1':
      return { ...state, reference_id: event.data.client_id };
    case 'application.access-requested.v1': {
      const { registration_id: id, product_id, product_version_id, scopes } = event.data;
      const times = { created_at: event.at, updated_at: event.at };
      const requested: Registration = { id, product_id, product_version_id, status: 'pending', scopes, ...times };
      return { ...state, registrations: [...state.registrations, requested] };
    }
    case 'application.access-approved.v1':
      return {
        ...withStatus(state, event.data, 'approved', event.at),
        denied_version_ids: notDenied(state, event.data),
      };
    case 'application.access-rejected.v1':
      return withStatus(state, event.data, 'rejected', event.at);
    case 'application.access-revoked.v1':
      return withStatus(state, event.data, 'revoked', event.at);
    case 'application.access-withdrawn.v1': {
      const { registration_id, product_version_id, from } = event.data;
      const registrations = state.registrations.filter(({ id }) => id !== registration_id);
      if (from !== 'rejected' && from !== 'revoked') return { ...state, registrations };
      const denied_version_ids = [...notDenied(state, event.data), product_version_id];
      return { ...state, registrations, denied_version_ids };
    }
    case 'application.credential-generated.v1': {
      const { credential_id: id, display_name, digest, algorithm, expires_at } = event.data;
      const fresh = { created_at: event.at, replaced_by: null, revoked_at: null, expiry_recorded: false };
      const generated: Credential = { id, display_name, digest, algorithm, expires_at, ...fresh };
      return { ...state, credentials: [...state.credentials, generated] };
    }
    case 'application.credential-renamed.v1':
      return withCredential(state, event.data.credential_id, { display_name: event.data.display_name });
    case 'application.credential-rotated.v1': {
      const { credential_id, replaced_by, expires_at } = event.data;
      return withCredential(state, credential_id, { replaced_by, expires_at });
    }
    case 'application.credential-revoked.v1':
      return withCredential(state, event.data.credential_id, { revoked_at: event.at });
    case 'application.credential-expired.v1':
      return withCredential(state, event.data.credential_id, { expiry_recorded: true });
    default:
      return state;
  }
}

const withStatus = (
  state: ApplicationState,
  { registration_id }: AccessDecided,
  status: RegistrationStatus,
  at: string,
): ApplicationState => ({
  ...state,
  registrations: state.registrations.map((registration) =>
    registration.id === registration_id ? { ...registration, status, updated_at: at } : registration,
  ),
});

const notDenied = (state: ApplicationState, { product_version_id }: AccessDecided): readonly string[] =>
  state.denied_version_ids.filter((id) => id !== product_version_id);

const withCredential = (state: ApplicationState, id: string, change: Partial<Credential>): ApplicationState => ({
  ...state,
  credentials: state.credentials.map((credential) =>
    credential.id === id ? { ...credential, ...change } : credential,
  ),
});

export const application: Decider<ApplicationState> = {
  initialState,
  evolve: evolve as Decider<ApplicationState>['evolve'],
};

/** Whether a key is good at `now` (ISO 8601 UTC). A revocation outweighs an expiry; the moment of expiry is already expired. */
export function credentialStatus(credential: Credential, now: string): 'active' | 'expired' | 'revoked' {
  if (credential.revoked_at !== null) return 'revoked';
  const over = credential.expires_at !== null && Date.parse(credential.expires_at) <= Date.parse(now);
  return over || credential.expiry_recorded ? 'expired' : 'active';
}

export const activeCredentials = (state: ApplicationState, now: string): readonly Credential[] =>
  state.credentials.filter((credential) => credentialStatus(credential, now) === 'active');

export const registrationOf = (state: ApplicationState, productVersionId: string): Registration | undefined =>
  state.registrations.find(({ product_version_id }) => product_version_id === productVersionId);
