import type { SendCommand } from '../commands.js';
import { EffectFailed } from '../reactor.js';
import type { Clients } from '#client-registration/clients.js';
import { ProviderFailed } from '#client-registration/protocol.js';
import type { FoldCache } from '#command-handling/fold-cache.js';
import type { Client } from '#domain/application/client-state.js';
import type { ApplicationState } from '#domain/application/state.js';
import type { EventStore } from '#event-store/port.js';
import type { ClientSecrets } from '#vault/client-secrets.js';

export interface ClientServices {
  readonly cache: Pick<FoldCache, 'load'>;
  readonly store: Pick<EventStore, 'readStream'>;
  readonly clients: Clients;
  readonly clientSecrets: Pick<ClientSecrets, 'forget'>;
  readonly send: SendCommand;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** The application's client as the log has it now. */
export async function clientOf({ cache }: ClientServices, applicationId: string): Promise<Client | null> {
  return (await cache.load<ApplicationState>('application', applicationId)).state.client;
}

/** Failures of a provider as those of an effect: tried again, and at last parked. */
export async function asEffect<T>(call: Promise<T>, what: string): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof ProviderFailed) throw new EffectFailed(`${what}: ${error.message}`, { cause: error });
    throw error;
  }
}
