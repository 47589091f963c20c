/** Registering the client of a new application: intent in the log, one call, outcome in the log. */
import type { Accepted, Outcome } from '#command-handling/envelope.js';
import type { ClientFailure } from '#domain/application/client-events.js';
import type { Refusal } from '#domain/core/refusal.js';
import type { Clients } from './clients.js';
import { ProviderFailed, type RegisteredClient } from './protocol.js';

/** Sends a command about the application on behalf of the service. */
export type SendFor = (name: string, values: object) => Promise<Outcome>;

export type Registration =
  | { readonly kind: 'registered'; readonly accepted: Accepted }
  | { readonly kind: 'failed'; readonly why: ClientFailure }
  /** Somebody else has taken the call, or the whole registration, in hand. */
  | { readonly kind: 'elsewhere' };

/**
 * Makes the one call, if nobody has begun it before. What the answer says is kept before the outcome is recorded, so that
 * a client whose outcome never reaches the log can still be deleted.
 * @throws what the log or the vault throws: the reactor then clears up
 */
export async function registerClient(clients: Clients, application_id: string, send: SendFor): Promise<Registration> {
  if (!(await clients.records.begin(application_id))) return { kind: 'elsewhere' };
  let registered: RegisteredClient;
  try {
    registered = await clients.register(application_id);
  } catch (error) {
    if (!(error instanceof ProviderFailed)) throw error;
    await send('FailClient', { application_id, why: error.why, may_exist: error.mayHaveHappened });
    return { kind: 'failed', why: error.why };
  }
  const { client_id, client_secret } = registered;
  const recorded = await send('RecordClient', { application_id, client_id, client_secret });
  if (recorded.kind === 'accepted') return { kind: 'registered', accepted: recorded };
  return abandoned(client_id, recorded.refusal, { application_id, clients, send });
}

/**
 * The client is there and cannot be the application's: it is named, so that it is deleted, unless the provider has answered
 * with the client of another application.
 */
async function abandoned(
  client_id: string,
  { refusal, owner }: Refusal,
  { application_id, clients, send }: { application_id: string; clients: Clients; send: SendFor },
): Promise<Registration> {
  if (refusal === 'client_registration_over') {
    await send('ResolveClient', { application_id, client_id });
    return { kind: 'failed', why: 'interrupted' };
  }
  const taken = refusal === 'reference_id_taken';
  const anothers = taken && owner !== undefined && (await clients.isAnothers(application_id, client_id, owner));
  const why = taken ? 'client_id_taken' : 'unusable_answer';
  await send('FailClient', {
    application_id,
    why,
    ...(anothers ? { may_exist: false } : { may_exist: true, client_id }),
  });
  return { kind: 'failed', why };
}
