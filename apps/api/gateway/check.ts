import type { CurrentStates } from '#command-handling/current-states.js';
import { isKeyDenial, mayCall, type Denial } from '#domain/application/may-call.js';
import type { ApplicationState } from '#domain/application/state.js';
import type { AuthStrategyState } from '#domain/auth-strategy/state.js';
import type { DeveloperState } from '#domain/developer/state.js';
import type { PortalState } from '#domain/portal/state.js';
import type { ApiKeys } from '#vault/api-keys.js';
import type { Presented, PresentedKey } from './presented-keys.js';

/** Why a call was refused; stable, for the log and the metric, never for the caller. */
export type Reason = Denial | 'no_key' | 'malformed_key' | 'key_in_wrong_place' | 'other_portal' | TokenReason;

/** What is wrong with an access token. `token_no_client`: it has none of the strategy's credential claims. */
export type TokenReason =
  | 'token_malformed'
  | 'token_unknown_issuer'
  | 'token_wrong_type'
  | 'token_wrong_issuer'
  | 'token_wrong_audience'
  | 'token_expired'
  | 'token_not_yet'
  | 'token_bad_signature'
  | 'token_unknown_key'
  | 'token_wrong_algorithm'
  | 'token_provider_unavailable'
  | 'token_no_client';

export type Verdict =
  | {
      readonly allowed: true;
      readonly applicationId: string;
      readonly application: ApplicationState;
      /** Absent where an access token stands for the application. */
      readonly credentialId?: string;
    }
  | { readonly allowed: false; readonly why: Reason; readonly applicationId?: string; readonly credentialId?: string };

/** What the verdict on a key depends on. */
interface States {
  readonly application: ApplicationState;
  readonly developer: DeveloperState;
  readonly portal: PortalState;
  readonly strategy: AuthStrategyState;
}

const KEY_REASONS: ReadonlySet<Reason> = new Set<Reason>(['no_key', 'malformed_key', 'key_in_wrong_place']);

/** 401: no good key or token came with the call. 403: a good one lacks the right. 503: nobody can say. */
export function statusOf(why: Reason): 401 | 403 | 503 {
  if (why === 'token_provider_unavailable') return 503;
  return KEY_REASONS.has(why) || why.startsWith('token_') || isKeyDenial(why as Denial) ? 401 : 403;
}

export interface Asked {
  readonly presented: Presented;
  readonly productVersionId: string;
  /** ISO 8601 UTC. */
  readonly now: string;
}

/**
 * Whether one of the presented keys may call the version now. Answers at once if every state is at hand: on the embedded engine
 * a revocation changes them before its command is answered, on servers within the bound. Otherwise the streams are read.
 * @throws StoreUnavailable if they cannot be, and what is known of them is not to do instead
 */
export function check(asked: Asked, states: CurrentStates, apiKeys: ApiKeys): Verdict | Promise<Verdict> {
  const { keys, malformed } = asked.presented;
  if (keys.length === 0) return { allowed: false, why: malformed ? 'malformed_key' : 'no_key' };
  const [only] = keys;
  if (keys.length > 1) return checkEach(asked, states, apiKeys);
  const atHand = statesAtHand(states, only!.parsed.applicationId);
  if (atHand) return judge(asked, only!, atHand, apiKeys);
  return readStates(states, only!.parsed.applicationId).then((read) => judge(asked, only!, read, apiKeys));
}

/** The first key that may; otherwise what the first of all met. */
async function checkEach(asked: Asked, states: CurrentStates, apiKeys: ApiKeys): Promise<Verdict> {
  let first: Verdict | undefined;
  for (const key of asked.presented.keys) {
    const verdict = judge(asked, key, await readStates(states, key.parsed.applicationId), apiKeys);
    if (verdict.allowed) return verdict;
    first ??= verdict;
  }
  return first!;
}

function judge(asked: Asked, { key, name, parsed }: PresentedKey, states: States, apiKeys: ApiKeys): Verdict {
  const { application, strategy } = states;
  const { applicationId } = parsed;
  if (application.exists && !names(strategy, name)) return { allowed: false, why: 'key_in_wrong_place', applicationId };
  const answer = mayCall({
    ...states,
    matches: apiKeys.verifier(key),
    productVersionId: asked.productVersionId,
    now: asked.now,
  });
  if (answer.allowed) return { allowed: true, applicationId, application, credentialId: answer.credential_id };
  const credential = answer.credential_id === undefined ? {} : { credentialId: answer.credential_id };
  return { allowed: false, why: answer.why, applicationId, ...credential };
}

/** Header names are compared without case (RFC 9110, section 5.1); so are those of query parameters, as Kong does. */
const names = (strategy: AuthStrategyState, place: string): boolean =>
  strategy.key_auth?.key_names.some((name) => name.toLowerCase() === place.toLowerCase()) ?? false;

function statesAtHand(cache: CurrentStates, applicationId: string): States | undefined {
  if (!cache.fresh()) return undefined;
  const application = cache.peek<ApplicationState>('application', applicationId)?.state;
  if (!application) return undefined;
  const developer = cache.peek<DeveloperState>('developer', application.developer_id)?.state;
  const portal = cache.peek<PortalState>('portal', application.portal_id)?.state;
  const strategy = cache.peek<AuthStrategyState>('authStrategy', application.auth_strategy_id)?.state;
  return developer && portal && strategy ? { application, developer, portal, strategy } : undefined;
}

async function readStates(cache: CurrentStates, applicationId: string): Promise<States> {
  const { state: application } = await cache.load<ApplicationState>('application', applicationId);
  const [developer, portal, strategy] = await Promise.all([
    cache.load<DeveloperState>('developer', application.developer_id),
    cache.load<PortalState>('portal', application.portal_id),
    cache.load<AuthStrategyState>('authStrategy', application.auth_strategy_id),
  ]);
  return { application, developer: developer.state, portal: portal.state, strategy: strategy.state };
}
