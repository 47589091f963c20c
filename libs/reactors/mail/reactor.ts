import type { LogEvent } from '#read-models/log-event.js';
import type { Details, Effect, NewEffect, Reactor } from '../reactor.js';
import { accessMails, isToldOfWithdrawal, keyExpiring, type ExpiryNotice } from './access-mails.js';
import { accountMails, type Compose, type Draft } from './account-mails.js';
import { DEPRECATING, deprecationEffects, deprecationMail, isNotice } from './deprecation-mails.js';
import { renderHtml, renderText, type Frame } from './letter.js';
import type { MailServices } from './scene.js';
import type { MailTransport } from './transport.js';

export const MAIL = 'mail';

/** Every event that a mail follows from. */
const MAILS: Readonly<Record<string, Compose>> = { ...accountMails, ...accessMails };

const CONDITIONS: Readonly<Record<string, (event: LogEvent) => boolean>> = {
  'application.access-withdrawn.v1': isToldOfWithdrawal,
  ...Object.fromEntries(DEPRECATING.map((type) => [type, isNotice])),
};

export interface MailReactorOptions extends MailServices {
  readonly transport: MailTransport;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Tells developers by mail what was decided about them and what is due. From the head: nobody gets mails about the past. */
export function mailReactor({ transport, now, ...services }: MailReactorOptions): Reactor {
  async function drafted({ event, details }: Effect): Promise<Draft | undefined> {
    if (!event) return keyExpiring(details as unknown as ExpiryNotice, new Date(now()).toISOString(), services);
    const compose = MAILS[event.type];
    return compose ? compose(event, services) : deprecationMail(event, details['developer_id']!, services);
  }

  return {
    name: MAIL,
    from: 'head',
    types: [...Object.keys(MAILS), ...DEPRECATING],
    concerns: (event) => CONDITIONS[event.type]?.(event) ?? true,
    async perform(effect, { offer, stillMine }) {
      const { key, event, details } = effect;
      if (event && isNotice(event) && details['developer_id'] === undefined) {
        return offer(await deprecationEffects(event, services));
      }
      const draft = await drafted(effect);
      if (!draft) return undefined;
      const { letter } = draft;
      const frame = frameOf(draft);
      stillMine();
      return transport.send({
        id: key.replaceAll(':', '.'),
        to: { name: frame.name, address: draft.scene.email },
        subject: letter.subject,
        text: renderText(letter, frame),
        html: renderHtml(letter, frame),
        date: new Date(event?.at ?? details['due_at']!),
      });
    },
  };
}

/** Until an address is confirmed, its owner reads nothing that whoever signed up with it has typed. */
const frameOf = ({ scene: { developer, fullName, portal } }: Draft): Frame => ({
  name: developer.email_confirmed ? fullName : '',
  portal: portal.name,
  portalUrl: portal.links.home,
});

/** The effect that reminds of an expiry, once per key, expiry and number of days. */
export function expiryEffect(notice: Omit<ExpiryNotice, 'days'>, days: number, dueAt: number): NewEffect {
  const { application_id, credential_id, expires_at } = notice;
  const details: Details = {
    application_id,
    credential_id,
    expires_at,
    days: String(days),
    due_at: new Date(dueAt).toISOString(),
  };
  const key = `expiring.${credential_id}.${Date.parse(expires_at)}.${days}`;
  return { key, details, keepUntil: Date.parse(expires_at) };
}
