import { folded } from '../core/claims.js';
import type { Decide, NewEvent } from '../core/decider.js';
import { streamFact } from '../core/facts.js';
import { after } from '../core/fold.js';
import { refuse } from '../core/refusal.js';
import { isUuid } from '../core/text.js';
import type { PortalState } from '../portal/state.js';
import type { IssueServiceToken, RevokeServiceToken } from './commands.js';
import type { ServiceTokenEvent } from './events.js';
import { serviceToken, serviceTokenResource, type ServiceTokenState } from './state.js';

const DAY_MS = 86_400_000;

/**
 * Kinds of actors, and under what the service itself acts: a token of such a name would make the audit story say what is not
 * so. A command that sends another acts under its own name, in camel case; developers act under their ids.
 */
const RESERVED = new Set([
  'admin',
  'anonymous',
  'approver',
  'cascades',
  'client-registration',
  'clients',
  'dcr-verification',
  'developer',
  'gatehouse',
  'integration',
  'key-expiry',
  'mail',
  'policy',
  'registerdeveloper',
  'single-sign-on',
  'system',
]);

export const isReservedName = (name: string): boolean => RESERVED.has(folded(name)) || isUuid(folded(name));

/** The token is in the result and nowhere else. */
export const issueServiceToken: Decide<IssueServiceToken, ServiceTokenState> = (state, command, facts, env) => {
  const { role, portal_id = null, days } = command;
  const name = command.name.trim();
  if (isReservedName(name)) return refuse('service_token_name_reserved', { name });
  if (portal_id !== null && !streamFact<PortalState>(facts, 'portal')?.state.exists) {
    return refuse('portal_not_found', { id: portal_id });
  }
  const id = env.id('serviceToken');
  const { key, digest, algorithm } = env.mintToken(id);
  const expires_at = days === undefined ? null : new Date(Date.parse(env.now) + days * DAY_MS).toISOString();
  const issued: NewEvent<ServiceTokenEvent> = {
    type: 'service-token.issued.v1',
    data: { name, role, portal_id, expires_at, digest, algorithm },
  };
  return {
    events: [issued],
    result: { ...serviceTokenResource(id, after(serviceToken, state, [issued], env.now)), token: key },
  };
};

/** At once: whoever comes with it is not known from then on. */
export const revokeServiceToken: Decide<RevokeServiceToken, ServiceTokenState> = (state, command) => {
  const result = { id: command.token_id };
  if (!state.exists) return { events: [], result };
  const reason = command.reason ?? null;
  return { events: [{ type: 'service-token.revoked.v1', data: { reason } }], result };
};
