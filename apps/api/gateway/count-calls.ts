import type { Services } from '../services.js';
import { statusOf, type Verdict } from './check.js';
import { wasTried } from './tried-calls.js';

/** Of those who come with a good key for a version that they once asked for: only then is it sure what was called. */
const REFUSED_CALL = /^registration_/;

/**
 * Counts what was asked about as a call, where nobody else tells of it; it is not known how the API answered, so that what
 * may go through counts as a 200. The key counts as used in any case. Calls that the try-it proxy makes are told of by it.
 */
export function callCounter(services: Pick<Services, 'consumption' | 'config' | 'keyring' | 'now'>) {
  const { consumption, config, now } = services;
  const { count } = config.analytics;
  return (verdict: Verdict, version: string, mark?: unknown): void => {
    if (count === 'off' || verdict.applicationId === undefined) return;
    const told = mark !== undefined && wasTried(services, verdict.applicationId, mark);
    const time = now();
    const application = verdict.applicationId;
    if (!verdict.allowed) {
      if (count === 'checks' && !told && verdict.credentialId !== undefined && REFUSED_CALL.test(verdict.why))
        consumption.count({ application, version, status: statusOf(verdict.why), time });
      return;
    }
    const key = verdict.credentialId === undefined ? {} : { credential: verdict.credentialId };
    if (count === 'checks' && !told) consumption.count({ application, version, status: 200, time, ...key });
    else consumption.used({ application, version, time, ...key });
  };
}
