/** Wording of mails about an application's access and its keys. */
import type { Letter } from './letter.js';

/** Names as people know them, and where they are shown. */
export interface Application {
  readonly name: string;
  readonly url: string;
}

const because = (reason: string | undefined) => (reason === undefined ? {} : { reason });
const open = ({ url }: Application) => ({ action: { label: 'Open the application', url } });

export const accessApproved = (application: Application, api: string, reason?: string): Letter => ({
  subject: `${application.name} has access to ${api}`,
  paragraphs: [
    `Your application “${application.name}” was given access to ${api}. Its calls are accepted from now on.`,
  ],
  ...because(reason),
  ...open(application),
});

export const accessRejected = (application: Application, api: string, reason?: string): Letter => ({
  subject: `${application.name} was not given access to ${api}`,
  paragraphs: [`The request of your application “${application.name}” for access to ${api} was rejected.`],
  ...because(reason),
  ...open(application),
});

export const accessRevoked = (application: Application, api: string, reason?: string): Letter => ({
  subject: `${application.name} no longer has access to ${api}`,
  paragraphs: [
    `The access of your application “${application.name}” to ${api} was revoked. Its calls are refused from now on.`,
  ],
  ...because(reason),
  ...open(application),
});

/** A request that nobody can decide on any more. */
export const requestClosed = (application: Application, api: string, reason?: string): Letter => ({
  subject: `The request of ${application.name} for ${api} was closed`,
  paragraphs: [`The request of your application “${application.name}” for access to ${api} was closed undecided.`],
  ...because(reason),
  ...open(application),
});

export const versionDeprecated = (applications: readonly string[], api: string, url: string): Letter => ({
  subject: `${api} is deprecated`,
  paragraphs: [
    `${api} was marked as deprecated.`,
    `${applications.length === 1 ? 'Your application' : 'Your applications'} ${applications.map((name) => `“${name}”`).join(', ')} ${applications.length === 1 ? 'is' : 'are'} registered for it.`,
    'It goes on working for now. Please look for the version that takes its place, and plan to move.',
  ],
  action: { label: 'Open the API', url },
});

/** `expiresAt`: ISO 8601. */
export const keyExpiring = (application: Application, key: string, days: number, expiresAt: string): Letter => ({
  subject: `An API key of ${application.name} expires in ${days === 1 ? 'a day' : `${days} days`}`,
  paragraphs: [
    `The API key “${key}” of your application “${application.name}” expires on ${inWords(expiresAt)}.`,
    'Rotate it, or generate another one, before that: calls with it are refused afterwards.',
  ],
  ...open(application),
});

export const keyExpired = (application: Application, key: string, expiresAt: string | null): Letter => ({
  subject: `An API key of ${application.name} has expired`,
  paragraphs: [
    `The API key “${key}” of your application “${application.name}” expired${expiresAt === null ? '' : ` on ${inWords(expiresAt)}`}. Calls with it are refused.`,
    'Generate another one if the application is still in use.',
  ],
  ...open(application),
});

const FORMAT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });

const inWords = (iso: string): string => `${FORMAT.format(new Date(iso))} UTC`;
