import { event } from '../core/events.js';

/** Why a client was not registered, or its secret not renewed. */
export const CLIENT_FAILURES = [
  'not_sent',
  'refused',
  'unreachable',
  'timeout',
  'server_error',
  'unusable_answer',
  'interrupted',
  'client_id_taken',
] as const;
export type ClientFailure = (typeof CLIENT_FAILURES)[number];

const client = { dcr_provider_id: 'public', client_id: 'public' } as const;

/**
 * What becomes of an application's client at an identity provider. The intent is in the log before the call, the outcome
 * after it. No secret is in any of them.
 */
export const clientEvents = {
  'application.client-registration-requested.v1': event<{ readonly dcr_provider_id: string }>(
    'asked for a client at the identity provider',
    { dcr_provider_id: 'public' },
  ),
  'application.client-registered.v1': event<{ readonly dcr_provider_id: string; readonly client_id: string }>(
    'registered the client [{client_id}]',
    client,
  ),
  /** `may_exist`: the provider may have made one all the same; what became of it is still to be found out. */
  'application.client-registration-failed.v1': event<{
    readonly dcr_provider_id: string;
    readonly why: ClientFailure;
    readonly may_exist: boolean;
  }>('could not register a client: {why}', { dcr_provider_id: 'public', why: 'public', may_exist: 'public' }),
  /** What a failed registration had made after all; null: nothing. */
  'application.client-located.v1': event<{ readonly dcr_provider_id: string; readonly client_id: string | null }>(
    'found out what a failed registration had made',
    client,
  ),
  'application.client-deleted.v1': event<{ readonly dcr_provider_id: string; readonly client_id: string }>(
    'deleted the client [{client_id}]',
    client,
  ),
  'application.client-secret-reset-requested.v1': event<{ readonly client_id: string }>(
    'asked for a new secret of the client [{client_id}]',
    { client_id: 'public' },
  ),
  'application.client-secret-reset.v1': event<{ readonly client_id: string }>(
    'got a new secret of the client [{client_id}]',
    { client_id: 'public' },
  ),
  'application.client-secret-reset-failed.v1': event<{ readonly client_id: string; readonly why: ClientFailure }>(
    'got no new secret of the client [{client_id}]: {why}',
    { client_id: 'public', why: 'public' },
  ),
} as const;
