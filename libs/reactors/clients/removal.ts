import { asEffect, clientOf, type ClientServices } from './services.js';
import type { LogEvent } from '#read-models/log-event.js';

/** Deletes the client of an application that is gone, and records it; what is deleted already stays so. */
export async function removeClient(event: LogEvent, services: ClientServices): Promise<void> {
  const { clients, send } = services;
  const application_id = event.entityId;
  const client = await clientOf(services, application_id);
  if (client?.status === 'leaving') {
    await asEffect(clients.remove(application_id), `The client ${client.client_id ?? ''} could not be deleted`);
    await send('RecordClientDeletion', { application_id }, application_id, { reactor: 'clients', event });
  }
  if ((await clientOf(services, application_id))?.status === 'gone') await clients.records.forget(application_id);
}
