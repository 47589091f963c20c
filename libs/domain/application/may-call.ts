/** The question of a gateway: may this key call this product version now? Pure, so that it can be asked of the past as well. */
import type { DeveloperState } from '../developer/state.js';
import type { PortalState } from '../portal/state.js';
import type { RegistrationStatus } from './events.js';
import { credentialStatus, registrationOf, type ApplicationState, type Credential } from './state.js';

/** Why not. The first four are about the key; the others mean that a good key lacks the right. Stable: logs and metrics use them. */
export type Denial =
  | 'unknown_application'
  | 'unknown_key'
  | 'key_revoked'
  | 'key_expired'
  | 'portal_not_available'
  | 'developer_not_approved'
  | 'no_registration'
  | `registration_${Exclude<RegistrationStatus, 'approved'>}`;

type Right =
  { readonly allowed: true; readonly registration_id: string } | { readonly allowed: false; readonly why: Denial };

export type CallAnswer =
  | { readonly allowed: true; readonly credential_id: string; readonly registration_id: string }
  | { readonly allowed: false; readonly why: Denial; readonly credential_id?: string };

export interface Call {
  /** The initial state if there is no such application. */
  readonly application: ApplicationState;
  readonly developer: DeveloperState;
  readonly portal: PortalState;
  /** Whether the presented key has this digest, compared in constant time. */
  readonly matches: (stored: Pick<Credential, 'digest' | 'algorithm'>) => boolean;
  readonly productVersionId: string;
  /** ISO 8601 UTC. */
  readonly now: string;
}

const KEY_DENIALS: ReadonlySet<Denial> = new Set(['unknown_application', 'unknown_key', 'key_revoked', 'key_expired']);

/** Whether the caller has no good key at all (401), rather than a good key without the right (403). */
export const isKeyDenial = (why: Denial): boolean => KEY_DENIALS.has(why);

/** Allowed only with an active key, an approved developer and an approved registration for the called version. */
export function mayCall(call: Call): CallAnswer {
  const { application, now } = call;
  if (!application.exists) return { allowed: false, why: 'unknown_application' };
  const credential = application.credentials.find((stored) => call.matches(stored));
  if (!credential) return { allowed: false, why: 'unknown_key' };
  const credential_id = credential.id;
  const status = credentialStatus(credential, now);
  if (status !== 'active') return { allowed: false, why: `key_${status}`, credential_id };
  return { ...mayUse(call), credential_id };
}

/** The right without the key: for callers that prove who they are in another way. */
export function mayUse({ application, developer, portal, productVersionId }: Omit<Call, 'matches' | 'now'>): Right {
  if (!application.exists) return { allowed: false, why: 'unknown_application' };
  if (!portal.exists) return { allowed: false, why: 'portal_not_available' };
  if (!inGoodStanding(developer, portal)) return { allowed: false, why: 'developer_not_approved' };
  const registration = registrationOf(application, productVersionId);
  if (!registration) return { allowed: false, why: 'no_registration' };
  if (registration.status !== 'approved') return { allowed: false, why: `registration_${registration.status}` };
  return { allowed: true, registration_id: registration.id };
}

/** A portal may let the keys of revoked developers work on until each registration is revoked; a removed developer's never do. */
const inGoodStanding = (developer: DeveloperState, portal: PortalState): boolean =>
  developer.exists &&
  (developer.status === 'approved' || (developer.status === 'revoked' && portal.keep_keys_of_revoked_developers));
