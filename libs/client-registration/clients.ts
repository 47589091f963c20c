/** Clients of applications at the providers that register them: everything but the log. */
import type { FoldCache } from '#command-handling/fold-cache.js';
import type { ApplicationState } from '#domain/application/state.js';
import type { AuthStrategyState } from '#domain/auth-strategy/state.js';
import type { DcrProviderState } from '#domain/dcr-provider/state.js';
import type { ClientSecrets } from '#vault/client-secrets.js';
import type { ClientDetails, Hook, KeepManagement, RegisteredClient, RegistrationProtocol, Trial } from './protocol.js';
import type { ProtocolOf } from './protocols.js';
import type { ClientRecords } from './records.js';

export interface ClientsOptions {
  readonly cache: Pick<FoldCache, 'load'>;
  readonly records: ClientRecords;
  readonly secrets: Pick<ClientSecrets, 'open'>;
  readonly protocolOf: ProtocolOf;
  /** What bridges get as organization_id. */
  readonly organizationId: string;
}

/** The calls, for one application each. All reject with ProviderFailed. */
export interface Clients {
  readonly records: ClientRecords;
  /** Registers, and remembers how the client is reached before this resolves. */
  register(applicationId: string): Promise<RegisteredClient>;
  remove(applicationId: string): Promise<void>;
  newSecret(applicationId: string): Promise<string>;
  tell(applicationId: string, hook: Hook): Promise<void>;
  /** Undefined: the provider cannot be asked. */
  scopes(applicationId: string): Promise<readonly string[] | undefined>;
  verify(providerId: string): Promise<Trial>;
  /** Whether the application's provider has registered the client for the application of another stream. */
  isAnothers(applicationId: string, clientId: string, stream: string): Promise<boolean>;
  /** The provider recognises a repeated registration. */
  isIdempotent(applicationId: string): Promise<boolean>;
}

interface Scene {
  readonly state: ApplicationState;
  readonly provider: DcrProviderState;
  readonly protocol: RegistrationProtocol;
  readonly keep: KeepManagement;
}

export function createClients({ cache, records, secrets, protocolOf, organizationId }: ClientsOptions): Clients {
  async function speak(providerId: string) {
    const { state: provider } = await cache.load<DcrProviderState>('dcrProvider', providerId);
    const { secret_ref } = provider;
    const secret = secret_ref === null ? undefined : await secrets.open(secret_ref);
    return { provider, protocol: protocolOf(provider, secret) };
  }

  async function sceneOf(id: string): Promise<Scene> {
    const { state } = await cache.load<ApplicationState>('application', id);
    if (!state.client) throw new Error('The application has no client');
    const keep: KeepManagement = (management) => records.keepManagement(id, management);
    return { state, keep, ...(await speak(state.client.dcr_provider_id)) };
  }

  async function detailsOf(id: string, state: ApplicationState): Promise<ClientDetails> {
    const { state: strategy } = await cache.load<AuthStrategyState>('authStrategy', state.auth_strategy_id);
    const approved = state.registrations.filter(({ status }) => status === 'approved');
    return {
      application_id: id,
      name: state.name,
      description: state.description ?? '',
      redirect_uris: state.redirect_uri === null ? [] : [state.redirect_uri],
      scopes: [...new Set([...state.scopes, ...approved.flatMap(({ scopes }) => scopes)])],
      auth_methods: strategy.openid_connect?.auth_methods ?? [],
      developer_id: state.developer_id,
      portal_id: state.portal_id,
      organization_id: organizationId,
      auth_strategy_id: state.auth_strategy_id,
      dcr_provider_id: state.client!.dcr_provider_id,
    };
  }

  const known = (id: string, { state }: Scene) => records.known(id, state.client?.client_id ?? '');

  return {
    records,
    async register(id) {
      const { state, protocol, keep } = await sceneOf(id);
      const registered = await protocol.register(await detailsOf(id, state));
      await records.update(id, { client_id: registered.client_id });
      if (registered.management) await keep(registered.management);
      return registered;
    },
    async remove(id) {
      const scene = await sceneOf(id);
      const client = await known(id, scene);
      if (!client.removing) await records.update(id, { removing: true });
      await scene.protocol.remove(client);
    },
    async newSecret(id) {
      const scene = await sceneOf(id);
      return scene.protocol.newSecret(await known(id, scene), scene.keep);
    },
    async tell(id, hook) {
      const scene = await sceneOf(id);
      await scene.protocol.tell(hook, await known(id, scene), await detailsOf(id, scene.state), scene.keep);
    },
    async scopes(id) {
      const scene = await sceneOf(id);
      return scene.protocol.scopes?.(await known(id, scene), scene.keep);
    },
    verify: async (providerId) => (await speak(providerId)).protocol.verify(),
    async isAnothers(id, clientId, stream) {
      const ids = [id, stream.slice('application-'.length)];
      const [mine, theirs] = await Promise.all(
        ids.map(async (one) => (await cache.load<ApplicationState>('application', one)).state.client),
      );
      return theirs?.client_id === clientId && theirs.dcr_provider_id === mine?.dcr_provider_id;
    },
    isIdempotent: async (id) => (await sceneOf(id)).provider.idempotent,
  };
}
