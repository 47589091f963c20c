import type { ClientServices } from './services.js';
import { dcrProvider } from '#domain/dcr-provider/state.js';
import { toLogEvent, type LogEvent } from '#read-models/log-event.js';

/** Forgets the secrets of a provider that were replaced, or went with it: all that its stream has named but the present one. */
export async function forgetSecrets({ stream }: LogEvent, { store, clientSecrets }: ClientServices): Promise<void> {
  // One reading of the stream for both: a state from elsewhere could be older than a secret that the stream names.
  const events = (await store.readStream(stream)).map(toLogEvent);
  const { exists, secret_ref } = events.reduce(dcrProvider.evolve, dcrProvider.initialState);
  const needed = exists ? secret_ref : null;
  for (const reference of new Set(events.map(({ data }) => data['secret_ref']))) {
    if (typeof reference === 'string' && reference !== needed) await clientSecrets.forget(reference);
  }
}
