import { asEffect, clientOf, type ClientServices } from './services.js';
import type { Hook } from '#client-registration/protocol.js';
import { toLogEvent, type LogEvent } from '#read-models/log-event.js';

type Told = Pick<LogEvent, 'type' | 'data'>;

/** What a provider is told of an event; undefined: nothing. Only access that is approved is its concern. */
export function hookOf({ type, data }: Told): Hook | undefined {
  const product_version_id = String(data['product_version_id']);
  switch (type) {
    case 'application.edited.v1':
      return { type: 'update_application' };
    case 'application.access-approved.v1':
      return { type: 'add_registration', product_version_id };
    case 'application.access-revoked.v1':
    case 'application.access-withdrawn.v1':
      return data['from'] === 'approved' ? { type: 'remove_registration', product_version_id } : undefined;
    default:
      return undefined;
  }
}

/**
 * Tells the provider of everything up to the event that it has not been told, in the order of the log: an earlier call
 * that failed is made first. Applications that are gone are told of by the deletion of their client.
 */
export async function tellUpTo(event: LogEvent, services: ClientServices): Promise<void> {
  const { clients, store } = services;
  const id = event.entityId;
  if ((await clientOf(services, id))?.status !== 'registered') return;
  const told = (await clients.records.get(id))?.told ?? -1;
  const events = (await store.readStream(event.stream, { from: told + 1 })).map(toLogEvent);
  for (const { revision, ...next } of events) {
    if (revision > event.revision) return;
    const hook = hookOf(next);
    if (!hook) continue;
    await asEffect(clients.tell(id, hook), `The identity provider could not be told of ${hook.type}`);
    await clients.records.update(id, { told: revision });
  }
}
