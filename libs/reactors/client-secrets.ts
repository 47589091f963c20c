import type { Reactor } from './reactor.js';
import { portal } from '#domain/portal/state.js';
import type { EventStore } from '#event-store/port.js';
import { toLogEvent } from '#read-models/log-event.js';
import type { ClientSecrets } from '#vault/client-secrets.js';

export interface ClientSecretsServices {
  readonly store: Pick<EventStore, 'readStream'>;
  readonly clientSecrets: Pick<ClientSecrets, 'forget'>;
}

/**
 * Forgets the client secrets of identity providers that were replaced or removed: everything that the portal's stream has
 * ever named, and its present state names no more. From the start of the log, so that none stays behind.
 */
export const clientSecretsReactor = ({ store, clientSecrets }: ClientSecretsServices): Reactor => ({
  name: 'client-secrets',
  from: 'start',
  types: ['portal.identity-provider-edited.v1', 'portal.identity-provider-removed.v1', 'portal.deleted.v1'],
  concerns: ({ type, data }) => type !== 'portal.identity-provider-edited.v1' || 'client_secret_ref' in data,
  async perform({ event }) {
    // One reading of the stream for both: a state from elsewhere could be older than a secret that the stream names.
    const events = (await store.readStream(event!.stream)).map(toLogEvent);
    const state = events.reduce(portal.evolve, portal.initialState);
    const needed = new Set(state.exists ? state.identity_providers.map((one) => one.client_secret_ref) : []);
    const named = events.map(({ data }) => data['client_secret_ref']);
    for (const reference of new Set(named)) {
      if (typeof reference === 'string' && !needed.has(reference)) await clientSecrets.forget(reference);
    }
  },
});
