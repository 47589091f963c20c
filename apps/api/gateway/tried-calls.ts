import { sameSecret } from '#vault/same-secret.js';
import type { Services } from '../services.js';

/** On calls that the try-it proxy makes. A gateway hands it on with the question, and the call is counted once: by the proxy. */
export const TRIED_HEADER = 'gatehouse-tried';

/** What it may be used for longer is little: calls of this application that pass uncounted. */
const VALID_MS = 60_000;

type Needs = Pick<Services, 'keyring' | 'now'>;

const macOf = ({ keyring }: Needs, application: string, time: string): string =>
  keyring.hmac('tried-call', JSON.stringify([application, time]));

/** The header's value for a call of this application that is made now. */
export function markTried(needs: Needs, application: string): string {
  const time = String(needs.now());
  return `${time}.${macOf(needs, application, time)}`;
}

/** Whether the proxy made this call for the application, a moment ago. */
export function wasTried(needs: Needs, application: string, mark: unknown): boolean {
  const [time, mac] = typeof mark === 'string' ? mark.split('.', 2) : [];
  if (time === undefined || mac === undefined || !/^\d{13}$/.test(time)) return false;
  return Math.abs(needs.now() - Number(time)) <= VALID_MS && sameSecret(mac, macOf(needs, application, time));
}
