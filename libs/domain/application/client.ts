/** The application's client at an identity provider: what was asked for, what came of it, and what is left to clear up. */
import type { Decide, Decision, NewEvent } from '../core/decider.js';
import { streamFact } from '../core/facts.js';
import { after } from '../core/fold.js';
import { refuse, type Refusal } from '../core/refusal.js';
import type {
  FailClient,
  RecordClient,
  RecordClientDeletion,
  RecordClientSecret,
  ResetClientSecret,
  ResolveClient,
} from './client-commands.js';
import type { Client } from './client-state.js';
import { referenceClaim } from './claims.js';
import type { ApplicationEvent } from './events.js';
import { admitted, providerOf, strategyOf } from './facts.js';
import { applicationResource } from './resources.js';
import { application, type ApplicationState } from './state.js';

type Event = NewEvent<ApplicationEvent>;

/** The client while its registration is under way; a refusal once that is over, however it ended. */
const requestedIn = ({ client }: ApplicationState): Client | Refusal =>
  client?.status === 'requested' ? client : refuse('client_registration_over', { status: client?.status ?? 'none' });

/** The client is the application's: it is known by the client's id from then on. */
export const recordClient: Decide<RecordClient, ApplicationState> = (state, command, facts, env) => {
  const client = requestedIn(state);
  if ('refusal' in client) return client;
  const { client_id, client_secret, application_id } = command;
  const registered: Event = {
    type: 'application.client-registered.v1',
    data: { dcr_provider_id: client.dcr_provider_id, client_id },
    take: [referenceClaim(state.portal_id, client_id)],
  };
  const shown = applicationResource(
    application_id,
    after(application, state, [registered], env.now),
    strategyOf(facts)!.state,
  );
  return { events: [registered], result: { ...shown, credentials: { client_id, client_secret } } };
};

/** The application is gone, its name free again; what may be left at the provider is remembered until it is resolved. */
export const failClient: Decide<FailClient, ApplicationState> = (state, command) => {
  const client = requestedIn(state);
  if ('refusal' in client) return client;
  const { dcr_provider_id } = client;
  const { why, may_exist, client_id } = command;
  const failed: Event = {
    type: 'application.client-registration-failed.v1',
    data: { dcr_provider_id, why, may_exist },
  };
  const located: Event = {
    type: 'application.client-located.v1',
    data: { dcr_provider_id, client_id: client_id ?? null },
  };
  const deleted: Event = { type: 'application.deleted.v1', data: { reason: null }, drop: 'all' };
  return {
    events: [failed, ...(client_id === undefined ? [] : [located]), deleted],
    result: { id: command.application_id },
  };
};

/** Also for a client that a person has deleted by hand (null). Named twice, the same client changes nothing. */
export const resolveClient: Decide<ResolveClient, ApplicationState> = (state, command, facts) => {
  const { client } = state;
  const { client_id = null, application_id } = command;
  const result = { id: application_id, client_id };
  const byHand = client?.status === 'leaving' && client_id === null;
  if (client?.status !== 'unknown' && !byHand) {
    if (client && client.client_id === client_id && client.status !== 'registered') return { events: [], result };
    return refuse('client_not_unknown', { status: client?.status ?? 'none' });
  }
  const { dcr_provider_id } = client;
  const theirs = streamFact<ApplicationState>(facts, 'holder')?.state.client;
  if (client_id !== null && theirs?.client_id === client_id && theirs.dcr_provider_id === dcr_provider_id) {
    return refuse('client_of_another', { client_id });
  }
  return { events: [{ type: 'application.client-located.v1', data: { dcr_provider_id, client_id } }], result };
};

export const recordClientDeletion: Decide<RecordClientDeletion, ApplicationState> = ({ client }, command) => {
  const result = { id: command.application_id };
  if (client?.status !== 'leaving' || client.client_id === null) return { events: [], result };
  const { dcr_provider_id, client_id } = client;
  return { events: [{ type: 'application.client-deleted.v1', data: { dcr_provider_id, client_id } }], result };
};

/** The client of an application that has one which its provider gives new secrets to. */
function renewable(state: ApplicationState): { readonly client_id: string } | Refusal {
  const { client } = state;
  if (client?.status !== 'registered' || client.client_id === null) return refuse('client_secret_not_here');
  return { client_id: client.client_id };
}

/** The intent; the old secret may end with the call that follows. */
export const resetClientSecret: Decide<ResetClientSecret, ApplicationState> = (state, command, facts, env) => {
  const refused = admitted(state, command, facts, env, { grants: true });
  if (refused) return refused;
  const found = renewable(state);
  if ('refusal' in found) return found;
  if (providerOf(facts)?.state.disable_refresh_secret) return refuse('client_secret_refresh_disabled');
  const asked: Event = { type: 'application.client-secret-reset-requested.v1', data: found };
  return { events: [asked], result: found };
};

export const recordClientSecret: Decide<RecordClientSecret, ApplicationState> = (
  state,
  command,
): Decision | Refusal => {
  const found = renewable(state);
  if ('refusal' in found) return found;
  const { client_secret, why = 'interrupted' } = command;
  if (client_secret === undefined) {
    return { events: [{ type: 'application.client-secret-reset-failed.v1', data: { ...found, why } }], result: found };
  }
  return {
    events: [{ type: 'application.client-secret-reset.v1', data: found }],
    result: { ...found, client_secret },
  };
};
