import { EffectFailed } from '../reactor.js';
import { toMail, type MailTransport } from './transport.js';

export interface SmtpOptions {
  /** smtp://user:password@host:port or smtps://...; query parameters are nodemailer's options (`?requireTLS=true`). */
  readonly url: string;
  readonly from: string;
  /** For each step of a conversation, in ms; default 20 s. */
  readonly timeoutMs?: number;
}

const MAX_CONNECTIONS = 4;

/** Mails over a few connections that are kept open. */
export function createSmtpTransport({ url, from, timeoutMs = 20_000 }: SmtpOptions): MailTransport {
  let opened: ReturnType<typeof open> | undefined;

  /** Loaded with the first mail: it takes some 10 MB. */
  async function open() {
    const { createTransport } = await import('nodemailer');
    const transporter = createTransport({
      url,
      pool: true,
      maxConnections: MAX_CONNECTIONS,
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
    });
    // An idle connection may fail with nobody waiting for it; the next mail opens another.
    transporter.on('error', () => undefined);
    return transporter;
  }

  return {
    async send(message) {
      const transporter = await (opened ??= open());
      try {
        await transporter.sendMail(toMail(from, message));
      } catch (error) {
        throw failure(error as SmtpError);
      }
    },
    close: async () => (await opened)?.close(),
  };
}

interface SmtpError extends Error {
  readonly code?: string;
  readonly responseCode?: number;
}

/** A server that refuses the message (5yz, RFC 5321 section 4.2.1) will refuse it again; one that refuses us may be mended. */
function failure({ code = 'unknown error', responseCode }: SmtpError): EffectFailed {
  const aboutMessage = code === 'EENVELOPE' || code === 'EMESSAGE';
  const permanent = aboutMessage && (responseCode === undefined || responseCode >= 500);
  const answered = responseCode === undefined ? '' : `, answer ${responseCode}`;
  // Without the cause: the server's text quotes the address.
  return new EffectFailed(`The mail server did not take the mail (${code}${answered})`, { permanent });
}
