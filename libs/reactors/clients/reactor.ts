import type { ClientServices } from './services.js';
import { hookOf, tellUpTo } from './hooks.js';
import { finishInterrupted } from './interrupted.js';
import { forgetSecrets } from './provider-secrets.js';
import { removeClient } from './removal.js';
import { resolveUnknown } from './unknown.js';
import type { Reactor } from '../reactor.js';
import { Turns } from '#command-handling/turns.js';
import type { ApplicationState } from '#domain/application/state.js';

/** Who the log says has acted. */
export const CLIENTS = 'clients';

const HOOKED = [
  'application.edited.v1',
  'application.access-approved.v1',
  'application.access-revoked.v1',
  'application.access-withdrawn.v1',
];

const PROVIDERS = ['dcr-provider.edited.v1', 'dcr-provider.deleted.v1'];

/**
 * Keeps clients at identity providers in step with the log: ends registrations that were interrupted, finds out what lost
 * answers have left behind, tells of changes in their order, and deletes the clients of deleted applications.
 */
export function clientsReactor(services: ClientServices): Reactor {
  const turns = new Turns();
  return {
    name: CLIENTS,
    from: 'start',
    types: [
      'application.client-registration-requested.v1',
      'application.client-registration-failed.v1',
      'application.client-located.v1',
      'application.deleted.v1',
      ...HOOKED,
      ...PROVIDERS,
    ],
    async concerns(event) {
      if (PROVIDERS.includes(event.type)) return event.type !== 'dcr-provider.edited.v1' || 'secret_ref' in event.data;
      const { state } = await services.cache.load<ApplicationState>('application', event.entityId);
      return state.client !== null && (!HOOKED.includes(event.type) || hookOf(event) !== undefined);
    },
    async perform({ event }, { signal }) {
      const { type, entityId: id } = event!;
      // Waits for the request that registers the client, so it holds up nobody's turn.
      if (type === 'application.client-registration-requested.v1') return finishInterrupted(event!, services, signal);
      if (PROVIDERS.includes(type)) return forgetSecrets(event!, services);
      await turns.take(id, async () => {
        if (HOOKED.includes(type)) return tellUpTo(event!, services);
        if (type === 'application.client-registration-failed.v1') return resolveUnknown(event!, services);
        return removeClient(event!, services);
      });
    },
  };
}
