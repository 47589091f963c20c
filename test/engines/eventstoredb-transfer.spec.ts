import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEventStoreDb } from '#event-store/eventstoredb/event-store.js';
import { openEventStoreDbTransfer } from '#event-store/eventstoredb/transfer.js';
import { openSqliteVault } from '#vault/sqlite/vault.js';
import { transferContract } from '../../libs/event-store/contract/transfer.contract.js';
import { startEventStore } from '../support/eventstore/server.js';

// Always the double: the suite needs an empty log for each test.
transferContract('EventStoreDB', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-transfer-'));
  const vault = openSqliteVault({ file: join(folder, 'vault.db') });
  const { url: connectionString, stop } = await startEventStore();
  return {
    openTransfer: () => openEventStoreDbTransfer({ connectionString, vault }),
    openStore: () => openEventStoreDb({ connectionString, vault }),
    async destroy() {
      await stop();
      await vault.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
});
