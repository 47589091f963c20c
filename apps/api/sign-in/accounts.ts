import { emailClaim, folded } from '#domain/core/claims.js';
import { refuse } from '#domain/core/refusal.js';
import type { DeveloperState } from '#domain/developer/state.js';
import type { ThrottledAction } from '#vault/throttle.js';
import type { Context } from '../http/context.js';
import { Problem, refusalProblem } from '../http/problem.js';
import type { Services } from '../services.js';

/** The developer of the portal who has this e-mail address. The claim that keeps addresses unique finds it. */
export async function developerByEmail(
  { store, keyring }: Pick<Services, 'store' | 'keyring'>,
  portalId: string,
  email: string,
): Promise<string | undefined> {
  const stream = await store.ownerOf(keyring.claimHash(emailClaim(portalId, email)));
  return stream?.slice('developer-'.length);
}

/** What an attempt counts against: the account, whether it exists or not, and the address. */
export const counted = ({ portal, request }: Context, email: string): [account: string, address: string] => [
  `${portal.id}:${folded(email)}`,
  request.ip,
];

/**
 * Counts an attempt as one that fails, until it succeeds or is taken back.
 * @throws Problem 429 while the account or the address has to wait
 */
export function admit(
  { throttle }: Pick<Services, 'throttle'>,
  action: ThrottledAction,
  context: Context,
  email: string,
) {
  const [account, address] = counted(context, email);
  const admission = throttle.check(action, account, address);
  if (!admission.allowed) {
    const seconds = admission.retryAfterSeconds;
    const detail = `Too many attempts. Try again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.`;
    throw new Problem(429, 'too_many_attempts', detail, { headers: { 'retry-after': String(seconds) } });
  }
  return {
    takeBack: admission.takeBack,
    succeeded() {
      admission.takeBack();
      throttle.succeeded(action, account, address);
    },
  };
}

/** @throws Problem 400 on a portal where one does not sign in with a password; the portal's context tells the same */
export function needPasswords({ portal, operation }: Context): void {
  if (!portal.state.basic_auth_enabled) throw refusalProblem(refuse('basic_auth_disabled'), operation.errors);
}

const disabled = (title: string, code: string, detail: string): Problem => new Problem(401, code, detail, { title });

/**
 * Why a developer with the right password may not sign in; undefined: they may. Every title has the word `disabled`: the
 * portal's client tells people that their account waits, or is closed, only if it does.
 */
export function obstacleTo({ status, email_confirmed }: DeveloperState): Problem | undefined {
  if (status === 'rejected' || status === 'revoked') {
    return disabled(
      'Account disabled',
      `developer_${status}`,
      `Your account was ${status}. Write to the portal's owner.`,
    );
  }
  if (!email_confirmed) {
    const detail = 'Confirm your e-mail address first: follow the link in the mail, or ask for a new password.';
    return disabled('E-mail not confirmed: account disabled', 'email_not_confirmed', detail);
  }
  if (status === 'pending') {
    const detail = 'Your account waits for approval. You get a mail when it is approved.';
    return disabled('Approval required: account disabled', 'developer_pending', detail);
  }
  return undefined;
}
