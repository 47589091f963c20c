import type { ClientSecrets } from '#vault/client-secrets.js';
import type { VaultStore } from '#vault/port.js';
import type { KnownClient, Management } from './protocol.js';

const KIND = 'dcr-client';

/** What is known of an application's client beside the log: that the call was begun, and how the client is reached. */
export interface ClientRecord {
  readonly client_id?: string;
  /** Where the address and the token of its management are in the vault. */
  readonly management?: string;
  readonly removing?: boolean;
  /** The revision of the application's last event that the provider was told of. */
  readonly told?: number;
}

/** One record for each application with a client, by the application's id. */
export interface ClientRecords {
  /**
   * Takes the right to make the one call that registers a client. False: it was taken before, so that the call may have
   * been made.
   */
  begin(applicationId: string): Promise<boolean>;
  get(applicationId: string): Promise<ClientRecord | undefined>;
  update(applicationId: string, change: Partial<ClientRecord>): Promise<void>;
  keepManagement(applicationId: string, management: Management): Promise<void>;
  /** The client as the record knows it. */
  known(applicationId: string, client_id: string): Promise<KnownClient>;
  forget(applicationId: string): Promise<void>;
}

export function createClientRecords(vault: VaultStore, secrets: ClientSecrets): ClientRecords {
  const get = async (id: string) => (await vault.get(KIND, id))?.value as ClientRecord | undefined;

  async function update(id: string, change: Partial<ClientRecord>): Promise<void> {
    for (;;) {
      const record = await vault.get(KIND, id);
      if (!record && (await vault.insert(KIND, id, change))) return;
      if (record && (await vault.replace(KIND, id, record.version, { ...(record.value as object), ...change }))) return;
    }
  }

  return {
    begin: (id) => vault.insert(KIND, id, {}),
    get,
    update,
    async keepManagement(id, { uri, token }) {
      const before = (await get(id))?.management;
      const management = await secrets.keep(`dcr-client:${id}`, JSON.stringify({ uri, token }));
      if (management === before) return;
      await update(id, { management });
      if (before !== undefined) await secrets.forget(before);
    },
    async known(id, client_id) {
      const { management, removing } = (await get(id)) ?? {};
      const opened = management === undefined ? undefined : await secrets.open(management);
      return {
        client_id,
        ...(opened !== undefined && { management: JSON.parse(opened) as Management }),
        ...(removing && { removing }),
      };
    },
    async forget(id) {
      const management = (await get(id))?.management;
      if (management !== undefined) await secrets.forget(management);
      await vault.delete(KIND, id);
    },
  };
}
