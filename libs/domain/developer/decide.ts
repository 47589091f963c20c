import { emailClaim } from '../core/claims.js';
import type { Decide, Decision, Env, Facts, NewEvent } from '../core/decider.js';
import { streamFact } from '../core/facts.js';
import { after } from '../core/fold.js';
import type { Refusal } from '../core/refusal.js';
import { refuse } from '../core/refusal.js';
import type { PortalState } from '../portal/state.js';
import type {
  ConfirmEmail,
  RegisterDeveloper,
  RemoveDeveloper,
  RepeatSignUp,
  RequestPasswordReset,
  SetPassword,
} from './commands.js';
import type { DeveloperEvent } from './events.js';
import { developer, developerResource } from './state.js';
import type { DeveloperState } from './state.js';

type Event = NewEvent<DeveloperEvent>;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Whether something happened less than so many milliseconds ago. */
const isWithin = (milliseconds: number, last: string | null, now: string): boolean =>
  last !== null && Date.parse(now) - Date.parse(last) < milliseconds;

const portalOf = (facts: Facts): PortalState | undefined => streamFact<PortalState>(facts, 'portal')?.state;

/** The decision's events, and the developer as it is after them. */
export const decided = (id: string, state: DeveloperState, events: readonly Event[], env: Env): Decision => ({
  events,
  result: developerResource(id, after(developer, state, events, env.now)),
});

/** Decides only about a developer who is there: before sign-up and after removal there is nobody. */
export const onExisting =
  <C extends { readonly developer_id: string }>(decide: Decide<C, DeveloperState>): Decide<C, DeveloperState> =>
  (state, command, facts, env) =>
    state.exists ? decide(state, command, facts, env) : refuse('developer_not_found', { id: command.developer_id });

export const registerDeveloper: Decide<RegisterDeveloper, DeveloperState> = (_state, command, facts, env) => {
  const portal = portalOf(facts);
  if (!portal?.exists) return refuse('portal_not_found', { id: command.portal_id });
  if (portal.is_public) return refuse('portal_is_public');
  if (!portal.basic_auth_enabled) return refuse('basic_auth_disabled');
  const id = env.id('developer');
  const email = command.email.trim();
  const registered: Event = {
    type: 'developer.registered.v1',
    data: { portal_id: command.portal_id, email, full_name: command.full_name.trim() },
    take: [emailClaim(command.portal_id, email)],
    subject: id,
  };
  return { events: [registered], result: { id } };
};

/** Somebody signed up with this developer's address again: the developer is told, at most once an hour. */
export const repeatSignUp = onExisting<RepeatSignUp>((state, command, _facts, env) => {
  const tooSoon = isWithin(HOUR, state.sign_up_repeated_at, env.now);
  return decided(
    command.developer_id,
    state,
    tooSoon ? [] : [{ type: 'developer.sign-up-repeated.v1', data: {} }],
    env,
  );
});

/**
 * The address is proven. Where the portal approves by itself, the pending developer is approved in the same append:
 * never before this moment, and never against an administrator's decision.
 */
function confirmation(state: DeveloperState, facts: Facts): Event[] {
  if (state.email_confirmed) return [];
  const confirmed: Event = { type: 'developer.email-confirmed.v1', data: {} };
  const portal = portalOf(facts);
  if (state.status !== 'pending' || !portal?.exists || !portal.auto_approve_developers) return [confirmed];
  return [confirmed, { type: 'developer.approved.v1', data: { from: 'pending', reason: null }, by: 'policy' }];
}

export const confirmEmail = onExisting<ConfirmEmail>((state, command, facts, env) =>
  decided(command.developer_id, state, confirmation(state, facts), env),
);

/**
 * The address of an account that came through an identity provider, which did not vouch for it: whoever reads the mails
 * there may be somebody else, and must not get into the account with a mailed link.
 */
export const isUnproven = ({ identities, email_confirmed }: DeveloperState): boolean =>
  identities.length > 0 && !email_confirmed;

/**
 * A new link voids the one before, and anybody may ask for one: within ten minutes the link that is on its way stays the
 * one that is good, unless it has been used.
 */
export const requestPasswordReset = onExisting<RequestPasswordReset>((state, command, facts, env) => {
  if (portalOf(facts)?.basic_auth_enabled === false) return refuse('basic_auth_disabled');
  const onItsWay = isWithin(10 * MINUTE, state.password_reset_requested_at, env.now);
  const requested: Event = { type: 'developer.password-reset-requested.v1', data: {} };
  return decided(command.developer_id, state, onItsWay || isUnproven(state) ? [] : [requested], env);
});

/** The password itself is in the vault. Its link came by mail, so whoever follows it has proven the address as well. */
export const setPassword = onExisting<SetPassword>((state, command, facts, env) => {
  if (portalOf(facts)?.basic_auth_enabled === false) return refuse('basic_auth_disabled');
  const set: Event = { type: 'developer.password-set.v1', data: {} };
  return decided(command.developer_id, state, [...confirmation(state, facts), set], env);
});

/** Gives back the address, so that it may sign up again. */
export const removeDeveloper = onExisting<RemoveDeveloper>((_state, command): Decision | Refusal => {
  const reason = command.reason ?? null;
  return {
    events: [
      {
        type: 'developer.removed.v1',
        data: { reason },
        drop: 'all',
        ...(reason !== null && { subject: command.developer_id }),
      },
    ],
    result: { id: command.developer_id },
  };
});
