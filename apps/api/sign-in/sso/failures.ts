import type { SignOnFailure } from '#sso/failure.js';

/** Why somebody whom the provider vouches for gets no session, or the sign-in did not even begin. */
export type Obstacle =
  | 'disabled'
  | 'portal-public'
  | 'return-to'
  | 'pending'
  | 'rejected'
  | 'revoked'
  | 'address-of-another'
  | 'identity-of-another'
  | 'unavailable';

export type FailureReason = SignOnFailure | Obstacle;

export interface Failure {
  readonly status: number;
  readonly title: string;
  readonly text: string;
  /** Trying again may help. */
  readonly again?: boolean;
}

const NOT_TRUSTED: Failure = {
  status: 400,
  title: 'The sign-in could not be verified',
  text: "The answer that came for the identity provider did not pass the checks, so you were not signed in. If it happens again, tell the portal's owner.",
  again: true,
};
const STALE = (text: string): Failure => ({ status: 400, title: 'Please sign in again', text, again: true });
const UNAVAILABLE: Failure = {
  status: 503,
  title: 'The identity provider cannot be reached',
  text: 'Signing in through it is not possible at the moment. Try again in a few minutes.',
  again: true,
};
const MISCONFIGURED: Failure = {
  status: 503,
  title: 'Single sign-on is not set up correctly',
  text: "The identity provider and this portal do not agree. Only the portal's owner can mend that.",
};
const REFUSED = (title: string, text: string): Failure => ({ status: 401, title, text });

/** Every reason that is told apart from "could not be verified". */
const FAILURES: Readonly<Partial<Record<FailureReason, Failure>>> = {
  declined: {
    ...STALE('The identity provider did not sign you in, or you cancelled.'),
    title: 'You were not signed in',
  },
  'provider-error': UNAVAILABLE,
  'provider-unavailable': UNAVAILABLE,
  'userinfo-unusable': UNAVAILABLE,
  unavailable: {
    ...UNAVAILABLE,
    title: 'The portal cannot sign you in right now',
    text: 'Try again in a few minutes.',
  },
  'client-refused': MISCONFIGURED,
  'no-id-token': MISCONFIGURED,
  'state-unknown': STALE(
    'This sign-in was not begun in this browser, or its cookies are gone. If a link in a message led you here, do not follow it again.',
  ),
  'state-expired': STALE('The sign-in took longer than ten minutes.'),
  replayed: STALE('This sign-in was used already.'),
  'no-code': STALE('The identity provider sent you back without an answer.'),
  'provider-changed': STALE('The portal changed how one signs in, just while you did.'),
  'code-refused': STALE('The identity provider did not accept the sign-in any more.'),
  'id-token-expired': STALE('The answer of the identity provider came too late.'),
  'no-email': REFUSED(
    'Your account has no e-mail address',
    'The identity provider names no usable e-mail address for you, and the portal needs one. Ask whoever manages your account there.',
  ),
  'address-of-another': REFUSED(
    'An account with your e-mail address exists already',
    'It was made with a password, and either it has not confirmed the address or the identity provider does not vouch for it. Confirm the address with the link in the mail that you got when you signed up, or write to the portal’s owner.',
  ),
  'identity-of-another': REFUSED(
    'Your e-mail address belongs to another account',
    'Somebody else at the same identity provider signed in with it before. Write to the portal’s owner.',
  ),
  pending: REFUSED('Your account waits for approval', 'You get a mail when it is approved.'),
  rejected: REFUSED(
    'Your account was not approved',
    'If you think that this is a mistake, write to the portal’s owner.',
  ),
  revoked: REFUSED('Your account was closed', 'If you think that this is a mistake, write to the portal’s owner.'),
  disabled: {
    status: 400,
    title: 'Single sign-on is not available on this portal',
    text: 'Sign in with your e-mail address and password instead.',
  },
  'portal-public': {
    status: 400,
    title: 'This portal needs no sign-in',
    text: 'Anybody may read it, and it has no accounts.',
  },
  'return-to': {
    status: 400,
    title: 'The link that led here is not good',
    text: 'It would have sent you to another site after signing in. Start from the portal itself.',
  },
};

export const failureOf = (reason: FailureReason): Failure => FAILURES[reason] ?? NOT_TRUSTED;
