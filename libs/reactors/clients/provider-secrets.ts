import type { ClientServices } from './services.js';
import type { DcrProviderState } from '#domain/dcr-provider/state.js';
import type { LogEvent } from '#read-models/log-event.js';

/** Forgets the secrets of a provider that were replaced, or went with it: all that its stream has named but the present one. */
export async function forgetSecrets({ stream, entityId }: LogEvent, services: ClientServices): Promise<void> {
  const { cache, store, clientSecrets } = services;
  const { state } = await cache.load<DcrProviderState>('dcrProvider', entityId);
  const needed = state.exists ? state.secret_ref : null;
  const named = new Set((await store.readStream(stream)).map(({ data }) => data['secret_ref']));
  for (const reference of named) {
    if (typeof reference === 'string' && reference !== needed) await clientSecrets.forget(reference);
  }
}
