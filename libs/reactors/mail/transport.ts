/** How mails leave. Transports: a folder of .eml files (file-outbox.ts), an SMTP server (smtp.ts). */
import type { SendMailOptions } from 'nodemailer';

export interface Message {
  /** Stable: the same mail has the same id at every try. Letters, digits, `.` and `-`. */
  readonly id: string;
  readonly to: { readonly name: string; readonly address: string };
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** When what it tells of happened; the same at every try. */
  readonly date: Date;
}

export interface MailTransport {
  /** Resolves when the mail is out of our hands. @throws EffectFailed, whose message names neither address nor content */
  send(message: Message): Promise<void>;
  close(): Promise<void>;
}

/** RFC 2606: a domain that is nobody's, for a sender without one. */
const NO_DOMAIN = 'gatehouse.invalid';

const domainOf = (from: string): string => /@([a-z0-9.-]+)>?\s*$/i.exec(from)?.[1] ?? NO_DOMAIN;

/** What every transport sends (RFC 5322): marked as automatic (RFC 3834), readable as it is, with nothing fetched from anywhere. */
export const toMail = (from: string, { id, date, to, subject, text, html }: Message): SendMailOptions => ({
  from,
  to: { name: oneLine(to.name), address: to.address },
  subject: oneLine(subject),
  text,
  html,
  date,
  messageId: `<${id}@${domainOf(from)}>`,
  headers: { 'Auto-Submitted': 'auto-generated' },
  textEncoding: 'quoted-printable',
  disableFileAccess: true,
  disableUrlAccess: true,
});

const MAX_SUBJECT = 250;

/** Without anything that could end a header line, and not too long. */
export function oneLine(text: string): string {
  const characters = [...text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim()];
  return characters.length > MAX_SUBJECT ? `${characters.slice(0, MAX_SUBJECT - 1).join('')}…` : characters.join('');
}
