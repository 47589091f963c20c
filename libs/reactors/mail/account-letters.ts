/** Wording of mails about an account. */
import type { DeveloperStatus } from '#domain/developer/events.js';
import type { Letter } from './letter.js';
import type { Links } from './links.js';

interface Portal {
  readonly name: string;
  readonly links: Links;
}

const because = (reason: string | undefined) => (reason === undefined ? {} : { reason });

const MISTAKE = "If you think that this is a mistake, write to the portal's owner.";

export const confirmAddress = ({ name, links }: Portal, token: string, email: string): Letter => ({
  subject: `Confirm your e-mail address for ${name}`,
  paragraphs: [
    `Somebody, most likely you, signed up for ${name} with this e-mail address.`,
    'Confirm the address, and set a password, with the link below. It works once, within 24 hours.',
  ],
  action: { label: 'Confirm the address', url: links.confirm(token, email) },
  closing: ['If it was not you, ignore this mail: without the confirmation nothing happens.'],
});

/** Said to whoever signs up with an address that has an account already. */
export const accountExists = ({ name, links }: Portal, status: DeveloperStatus): Letter => ({
  subject: `You already have an account at ${name}`,
  paragraphs: [
    `Somebody, most likely you, signed up for ${name} with this e-mail address. It has an account already.`,
    STANDING[status],
  ],
  ...(status === 'approved' && {
    action: { label: 'Sign in', url: links.signIn },
    closing: [`If you do not know your password, set a new one: ${links.forgotPassword}`],
  }),
});

const STANDING: Readonly<Record<DeveloperStatus, string>> = {
  pending: 'The account waits for approval. You get a mail as soon as that is decided.',
  approved: 'The account is approved, and you can sign in.',
  rejected: `The account was not approved, so you cannot sign in. ${MISTAKE}`,
  revoked: `The account was closed, so you cannot sign in. ${MISTAKE}`,
};

export const setPassword = ({ name, links }: Portal, token: string, email: string): Letter => ({
  subject: `Set a new password for ${name}`,
  paragraphs: [
    `Somebody, most likely you, asked for a new password for your account at ${name}.`,
    'Set it with the link below. It works once, within one hour.',
  ],
  action: { label: 'Set a new password', url: links.setPassword(token, email) },
  closing: ['If it was not you, ignore this mail: your password stays as it is.'],
});

export const accountApproved = ({ name, links }: Portal, confirmed: boolean, reason?: string): Letter => ({
  subject: `Welcome to ${name}`,
  paragraphs: [
    `Your account at ${name} was approved.`,
    confirmed
      ? 'You can sign in, create applications and ask for access to APIs.'
      : 'One step is left: confirm your e-mail address with the link that you got when you signed up. If its time is over, ask for a new password instead.',
  ],
  ...because(reason),
  action: confirmed
    ? { label: 'Sign in', url: links.signIn }
    : { label: 'Ask for a new password', url: links.forgotPassword },
});

export const accountRejected = ({ name }: Portal, reason?: string): Letter => ({
  subject: `Your account at ${name} was not approved`,
  paragraphs: [`Your account at ${name} was not approved, so you cannot sign in. ${MISTAKE}`],
  ...because(reason),
});

export const accountRevoked = ({ name }: Portal, keysGoOn: boolean, reason?: string): Letter => ({
  subject: `Your account at ${name} was closed`,
  paragraphs: [
    `Your account at ${name} was closed, and you cannot sign in any more.`,
    `${keysGoOn ? 'API keys of your applications go on working until their access is revoked.' : 'API keys of your applications no longer work.'} ${MISTAKE}`,
  ],
  ...because(reason),
});
