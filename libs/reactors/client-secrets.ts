import type { Reactor } from './reactor.js';
import type { FoldCache } from '#command-handling/fold-cache.js';
import type { PortalState } from '#domain/portal/state.js';
import type { EventStore } from '#event-store/port.js';
import type { ClientSecrets } from '#vault/client-secrets.js';

export interface ClientSecretsServices {
  readonly store: Pick<EventStore, 'readStream'>;
  readonly cache: Pick<FoldCache, 'load'>;
  readonly clientSecrets: Pick<ClientSecrets, 'forget'>;
}

/**
 * Forgets the client secrets of identity providers that were replaced or removed: everything that the portal's stream has
 * ever named, and its present state names no more. From the start of the log, so that none stays behind.
 */
export const clientSecretsReactor = ({ store, cache, clientSecrets }: ClientSecretsServices): Reactor => ({
  name: 'client-secrets',
  from: 'start',
  types: ['portal.identity-provider-edited.v1', 'portal.identity-provider-removed.v1', 'portal.deleted.v1'],
  concerns: ({ type, data }) => type !== 'portal.identity-provider-edited.v1' || 'client_secret_ref' in data,
  async perform({ event }) {
    const { stream, entityId } = event!;
    const { state } = await cache.load<PortalState>('portal', entityId);
    const needed = new Set(state.exists ? state.identity_providers.map((one) => one.client_secret_ref) : []);
    const named = (await store.readStream(stream)).map(({ data }) => data['client_secret_ref']);
    for (const reference of new Set(named)) {
      if (typeof reference === 'string' && !needed.has(reference)) await clientSecrets.forget(reference);
    }
  },
});
