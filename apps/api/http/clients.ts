/** Answers that wait for an identity provider: a new application's client, and a client's new secret. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Context } from './context.js';
import type { Sender } from './sender.js';
import type { Services } from '../services.js';
import type { Accepted } from '#command-handling/envelope.js';
import { findRecorded } from '#command-handling/receipts.js';
import { CALL_TIMEOUT_MS } from '#client-registration/exchange.js';
import { ProviderFailed } from '#client-registration/protocol.js';
import { registerClient, type SendFor } from '#client-registration/registration.js';
import type { ClientFailure } from '#domain/application/client-events.js';
import type { ApplicationState } from '#domain/application/state.js';
import type { Actor } from '#domain/core/decider.js';
import { refuse } from '#domain/core/refusal.js';

/** Who the log says has recorded what came of a call. */
const ACTOR: Actor = { kind: 'system', id: 'client-registration' };
const COMPLETING = { actor: ACTOR, completes: true } as const;
const LOOK_EVERY_MS = 100;

const REQUESTED = 'application.client-registration-requested.v1';

/** In the words of answers. */
const WORDS: Readonly<Record<ClientFailure, string>> = {
  not_sent: 'it could not be asked',
  refused: 'it refused',
  unreachable: 'it could not be reached',
  timeout: 'it did not answer in time',
  server_error: 'it failed',
  unusable_answer: 'its answer cannot be used',
  interrupted: 'the registration was interrupted',
  client_id_taken: 'its client has the reference id of another application',
};

const sendFor =
  (sender: Sender, context: Context): SendFor =>
  (name, values) =>
    sender.offer(context, name, values, COMPLETING);

/** What was recorded of the request's second command, whose receipt stands beside the first one's. */
async function secondOutcome(services: Services, { idempotency }: Context): Promise<Accepted['result'] | undefined> {
  if (!idempotency) return undefined;
  const receipt = { ...idempotency, receipt: `${idempotency.receipt}:1` };
  return (await findRecorded(receipt, services.store, services.keyring))?.accepted.result;
}

const failed = (why: ClientFailure) => refuse('client_registration_failed', { why: WORDS[why] });

/**
 * The answer to CreateApplication: as it is, or with the client that was registered and its secret. A repeat makes no
 * second call: it has the outcome of the first, the secret from the sealed receipt.
 * @throws Problem if there is no client, and so no application
 */
export async function withClient(
  services: Services,
  sender: Sender,
  context: Context,
  accepted: Accepted,
): Promise<Accepted> {
  if (!accepted.events.some(({ type }) => type === REQUESTED)) return accepted;
  const id = accepted.stream.slice('application-'.length);
  if (!accepted.repeated) {
    const done = await registerClient(services.clients, id, sendFor(sender, context));
    if (done.kind === 'registered')
      return { ...accepted, ...extended(accepted, done.accepted), result: done.accepted.result };
    if (done.kind === 'failed') throw sender.problem(context, failed(done.why));
  }
  return { ...accepted, result: await outcomeOf(services, sender, context, id, accepted) };
}

const extended = (first: Accepted, { position, revision, events }: Accepted) => ({
  revision,
  events: [...first.events, ...events],
  ...(position === undefined ? {} : { position }),
});

/** What came of a registration that somebody else has in hand, waiting for it a while. */
async function outcomeOf(
  services: Services,
  sender: Sender,
  context: Context,
  id: string,
  accepted: Accepted,
): Promise<object> {
  const until = performance.now() + CALL_TIMEOUT_MS;
  for (;;) {
    const { state } = await services.cache.load<ApplicationState>('application', id);
    const status = state.client?.status;
    if (status === 'registered') {
      return (await secondOutcome(services, context)) ?? { ...accepted.result, reference_id: state.reference_id };
    }
    if (status !== 'requested') throw sender.problem(context, failed('interrupted'));
    if (performance.now() > until) throw sender.problem(context, refuse('client_registration_unfinished'));
    await delay(LOOK_EVERY_MS);
  }
}

/**
 * A new secret of the application's client. A repeat has the secret of the first from its receipt.
 * @throws Problem if the provider gives none
 */
export async function renewSecret(services: Services, sender: Sender, context: Context, application_id: string) {
  const { result, repeated } = await sender.send(context, 'ResetClientSecret', { application_id });
  const { client_id } = result as { readonly client_id: string };
  const recorded = repeated ? ((await secondOutcome(services, context)) as { client_secret?: string }) : undefined;
  if (recorded) {
    if (recorded.client_secret !== undefined) return { client_id, client_secret: recorded.client_secret };
    throw sender.problem(context, refuse('client_secret_reset_failed', { why: WORDS.interrupted }));
  }
  try {
    const client_secret = await services.clients.newSecret(application_id);
    await sender.send(context, 'RecordClientSecret', { application_id, client_secret }, COMPLETING);
    return { client_id, client_secret };
  } catch (error) {
    if (!(error instanceof ProviderFailed)) throw error;
    await sender.send(context, 'RecordClientSecret', { application_id, why: error.why }, COMPLETING);
    throw sender.problem(context, refuse('client_secret_reset_failed', { why: WORDS[error.why] }));
  }
}
