/** API keys: made, renamed, rotated, revoked, expired. The key is in the answer that makes it and nowhere else. */
import { expiryAfter } from '../auth-strategy/state.js';
import type { Decide, Decision, Env, Facts, NewEvent } from '../core/decider.js';
import { after } from '../core/fold.js';
import { isRefusal, refuse, type Refusal } from '../core/refusal.js';
import type {
  ExpireCredential,
  GenerateCredential,
  RenameCredential,
  RevokeCredential,
  RotateCredential,
} from './commands.js';
import type { ApplicationEvent } from './events.js';
import { admitted, portalOf, strategyOf, subjectOf } from './facts.js';
import { credentialResource } from './resources.js';
import { activeCredentials, application, credentialStatus, type ApplicationState, type Credential } from './state.js';

type Event = NewEvent<ApplicationEvent>;

/** Active keys that one application may have. */
export const MAX_ACTIVE_CREDENTIALS = 20;

/** How long a rotated key stays good where the command does not say: long enough to roll a new one out. */
export const DEFAULT_OVERLAP_SECONDS = 86_400;

export const generateCredential: Decide<GenerateCredential, ApplicationState> = (state, command, facts, env) => {
  const refused = admitted(state, command, facts, env, { grants: true }) ?? keysRefused(state, facts);
  if (refused) return refused;
  const mustRegister = portalOf(facts)!.state.require_registration_for_keys;
  if (mustRegister && !state.registrations.some(({ status }) => status === 'approved')) {
    return refuse('registration_required');
  }
  if (activeCredentials(state, env.now).length >= MAX_ACTIVE_CREDENTIALS) return tooMany();
  const displayName = command.display_name?.trim() ?? `Key ${state.credentials.length + 1}`;
  return withNewKey(state, command.application_id, [], { displayName, replaces: null }, facts, env);
};

/** The new key is good at once, the old one until the overlap is over or it expires by itself. */
export const rotateCredential: Decide<RotateCredential, ApplicationState> = (state, command, facts, env) => {
  const refused = admitted(state, command, facts, env, { grants: true }) ?? keysRefused(state, facts);
  if (refused) return refused;
  const old = find(state, command.credential_id);
  if (isRefusal(old)) return old;
  const status = credentialStatus(old, env.now);
  if (status !== 'active') return refuse('credential_not_active', { status });
  if (old.replaced_by !== null) return refuse('credential_already_rotated', { replaced_by: old.replaced_by });
  const maximum = portalOf(facts)!.state.max_rotation_overlap_seconds;
  const overlap = command.overlap_seconds ?? Math.min(DEFAULT_OVERLAP_SECONDS, maximum);
  if (overlap > maximum) return refuse('overlap_too_long', { maximum });
  const expires_at = earlier(old.expires_at, Date.parse(env.now) + overlap * 1000);
  const rotated: Event = {
    type: 'application.credential-rotated.v1',
    data: { credential_id: old.id, replaced_by: env.id('credential'), expires_at },
  };
  const others = activeCredentials(after(application, state, [rotated], env.now), env.now);
  if (others.length >= MAX_ACTIVE_CREDENTIALS) return tooMany();
  const displayName = command.display_name?.trim() ?? old.display_name;
  return withNewKey(state, command.application_id, [rotated], { displayName, replaces: old.id }, facts, env);
};

export const renameCredential: Decide<RenameCredential, ApplicationState> = (state, command, facts, env) => {
  const refused = admitted(state, command, facts, env, { grants: false });
  if (refused) return refused;
  const credential = find(state, command.credential_id);
  if (isRefusal(credential)) return credential;
  if (credential.revoked_at !== null) return refuse('credential_not_active', { status: 'revoked' });
  const display_name = command.display_name.trim();
  const renamed: Event = {
    type: 'application.credential-renamed.v1',
    data: { credential_id: credential.id, display_name },
  };
  return answer(state, credential.id, display_name === credential.display_name ? [] : [renamed], env);
};

/** At once, and for good. Revoked already: nothing to do. */
export const revokeCredential: Decide<RevokeCredential, ApplicationState> = (state, command, facts, env) => {
  const refused = admitted(state, command, facts, env, { grants: false });
  if (refused) return refused;
  const credential = find(state, command.credential_id);
  if (isRefusal(credential)) return credential;
  const revoked: Event = {
    type: 'application.credential-revoked.v1',
    data: { credential_id: credential.id, reason: command.reason ?? null },
    ...subjectOf(state, command),
  };
  return answer(state, credential.id, credential.revoked_at === null ? [revoked] : [], env);
};

/** Puts an expiry that has passed into the log, so that it can be mailed about; the key was no longer good without it. */
export const expireCredential: Decide<ExpireCredential, ApplicationState> = (state, command, _facts, env) => {
  if (!state.exists) return refuse('application_not_found', { id: command.application_id });
  const credential = find(state, command.credential_id);
  if (isRefusal(credential)) return credential;
  const status = credentialStatus(credential, env.now);
  if (status === 'active') return refuse('credential_not_due');
  const expired: Event = { type: 'application.credential-expired.v1', data: { credential_id: credential.id } };
  return answer(state, credential.id, status === 'expired' && !credential.expiry_recorded ? [expired] : [], env);
};

/** Keys are for key_auth only; with an identity provider, the credentials come from there. */
function keysRefused(state: ApplicationState, facts: Facts): Refusal | undefined {
  const strategy = strategyOf(facts)?.state;
  if (!strategy?.exists) return refuse('auth_strategy_not_found', { id: state.auth_strategy_id });
  return strategy.key_auth ? undefined : refuse('credentials_not_for_strategy');
}

const tooMany = (): Refusal => refuse('credential_limit', { limit: MAX_ACTIVE_CREDENTIALS });

const find = (state: ApplicationState, credential_id: string): Credential | Refusal =>
  state.credentials.find(({ id }) => id === credential_id) ?? refuse('credential_not_found', { credential_id });

/** ISO 8601: the given time, or the key's own expiry if that comes first. */
const earlier = (expiresAt: string | null, time: number): string =>
  expiresAt !== null && Date.parse(expiresAt) < time ? expiresAt : new Date(time).toISOString();

const answer = (state: ApplicationState, id: string, events: readonly Event[], env: Env): Decision => {
  const credential = after(application, state, events, env.now).credentials.find((one) => one.id === id)!;
  return { events, result: credentialResource(credential, env.now) };
};

/** The strategy's time to live is applied now; a later change of the strategy does not move the key's expiry. */
function withNewKey(
  state: ApplicationState,
  applicationId: string,
  before: readonly Event[],
  { displayName, replaces }: { readonly displayName: string; readonly replaces: string | null },
  facts: Facts,
  env: Env,
): Decision {
  const id = env.id('credential');
  const { key, digest, algorithm } = env.mintKey(applicationId, id);
  const ttl = strategyOf(facts)!.state.key_auth?.ttl;
  const expires_at = ttl ? expiryAfter(env.now, ttl) : null;
  const generated: Event = {
    type: 'application.credential-generated.v1',
    data: { credential_id: id, display_name: displayName, digest, algorithm, expires_at, replaces },
  };
  const { events, result } = answer(state, id, [...before, generated], env);
  return { events, result: { ...result, credential: key } };
}
