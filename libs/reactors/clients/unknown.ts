import { asEffect, clientOf, type ClientServices } from './services.js';
import { EffectFailed } from '../reactor.js';
import { ProviderFailed } from '#client-registration/protocol.js';
import type { LogEvent } from '#read-models/log-event.js';

/**
 * The request cannot be met, so that the first call was not (RFC 7591 section 3.2.2). Other refusals are about the repeat
 * alone: the key or the rate, or a first call that is still at work (409) or was another (422;
 * draft-ietf-httpapi-idempotency-key-header, section 2.7).
 */
const NOT_MET = 400;

/**
 * Finds out what a registration without an answer has made. A server that recognises a repeated Idempotency-Key is asked
 * again. Of any other nobody can know: neither the bridge's contract nor RFC 7591 has a way to look for a client, and a
 * second call could make a second one. That is parked, for a person who can look.
 */
export async function resolveUnknown(event: LogEvent, services: ClientServices): Promise<void> {
  const { clients, send } = services;
  const application_id = event.entityId;
  if ((await clientOf(services, application_id))?.status !== 'unknown') {
    const { records } = clients;
    if ((await clientOf(services, application_id))?.status === 'gone') await records.forget(application_id);
    return;
  }
  const resolve = (client_id: string | null) =>
    send('ResolveClient', { application_id, client_id }, application_id, { reactor: 'clients', event });

  const known = (await clients.records.get(application_id))?.client_id;
  if (known !== undefined) return resolve(known);
  if (!(await clients.isIdempotent(application_id))) {
    throw new EffectFailed(
      `Nobody knows whether the identity provider made a client for application ${application_id}. Look there for one whose name ends in that id, then send ResolveClient with its client_id, or with null if there is none`,
      { permanent: true },
    );
  }
  try {
    return await resolve((await clients.register(application_id)).client_id);
  } catch (error) {
    if (error instanceof ProviderFailed && error.status === NOT_MET) return resolve(null);
    return asEffect(Promise.reject(error as Error), 'The registration could not be asked for again');
  }
}
