import type { ApplicationEvent } from './events.js';

/**
 * requested: the intent is recorded, the outcome is not. registered: it is the application's. unknown: the application
 * came to nothing, and whether there is a client is to be found out. leaving: it is to be deleted. gone: there is none.
 */
export type ClientStatus = 'requested' | 'registered' | 'unknown' | 'leaving' | 'gone';

/** The application's client at the provider that registers it. It outlives the application until it is deleted. */
export interface Client {
  readonly dcr_provider_id: string;
  readonly status: ClientStatus;
  readonly client_id: string | null;
}

/** The client after an event of its application; null for applications without one. */
export function clientAfter(client: Client | null, event: ApplicationEvent): Client | null {
  switch (event.type) {
    case 'application.client-registration-requested.v1':
      return { dcr_provider_id: event.data.dcr_provider_id, status: 'requested', client_id: null };
    case 'application.client-registered.v1':
      return { ...event.data, status: 'registered' };
    case 'application.client-registration-failed.v1': {
      const { dcr_provider_id, may_exist } = event.data;
      return { dcr_provider_id, status: may_exist ? 'unknown' : 'gone', client_id: null };
    }
    case 'application.client-located.v1':
      return { ...event.data, status: event.data.client_id === null ? 'gone' : 'leaving' };
    case 'application.client-deleted.v1':
      return { ...event.data, status: 'gone' };
    case 'application.deleted.v1':
      return client?.status === 'registered' ? { ...client, status: 'leaving' } : client;
    default:
      return client;
  }
}
