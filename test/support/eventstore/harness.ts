import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Harness } from '../../../libs/event-store/contract/support.contract.js';
import {
  openEventStoreDb,
  type EventStoreDb,
  type EventStoreDbOptions,
} from '#event-store/eventstoredb/event-store.js';
import { openSqliteVault } from '#vault/sqlite/vault.js';
import { startEventStore, type EventStoreDouble } from './server.js';

/** A server to test against instead of the double: esdb://… of one that may be written to. */
export const GIVEN_SERVER = process.env['GATEHOUSE_TEST_EVENTSTORE'];

export interface EventStoreDbHarness extends Harness {
  open(): Promise<EventStoreDb>;
  reopen(): Promise<EventStoreDb>;
}

/** The adapter over a double, durable in a folder of its own, or over the given server. `reopen` restarts the double too. */
export function eventStoreDbHarness(options: Partial<EventStoreDbOptions> = {}): EventStoreDbHarness {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-esdb-'));
  let double: EventStoreDouble | undefined;
  let close = async (): Promise<void> => undefined;

  async function open(): Promise<EventStoreDb> {
    await close();
    if (!GIVEN_SERVER) double = await startEventStore({ folder: join(folder, 'server') });
    const vault = openSqliteVault({ file: join(folder, 'vault.db') });
    const store = await openEventStoreDb({ connectionString: GIVEN_SERVER ?? double!.url, vault, ...options });
    close = async () => {
      await store.close();
      await vault.close();
      await double?.stop();
    };
    return store;
  }

  return {
    ...(GIVEN_SERVER ? { shared: true as const } : {}),
    open,
    reopen: open,
    async destroy() {
      await close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
