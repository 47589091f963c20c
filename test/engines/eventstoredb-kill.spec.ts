import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEventStoreDb } from '#event-store/eventstoredb/event-store.js';
import { openSqliteVault } from '#vault/sqlite/vault.js';
import { startEventStoreProcess } from '../support/eventstore/process.js';
import { appendTo, newEvents, newStream } from '../../libs/event-store/contract/support.contract.js';

/** Kills; more for a longer run. */
const KILLS = Number(process.env['GATEHOUSE_KILLS'] ?? 3);
const WRITERS = 8;

describe('EventStoreDB killed under load', () => {
  it.each(['call', 'batch'] as const)(
    `has every acknowledged event once after ${KILLS} kills, appending by %s`,
    async (appendBy) => {
      const folder = mkdtempSync(join(tmpdir(), 'gatehouse-esdb-kill-'));
      const server = await startEventStoreProcess(join(folder, 'server'));
      const vault = openSqliteVault({ file: join(folder, 'vault.db') });
      const store = await openEventStoreDb({
        connectionString: server.url,
        vault,
        appendBy,
        notSentMs: 20_000,
        openMs: 20_000,
      });
      const heard: string[] = [];
      store.onAppended((events) => heard.push(...events.map(({ id }) => id)));
      const acknowledged: string[] = [];
      let stopping = false;
      const writers = Array.from({ length: WRITERS }, async () => {
        for (let stream = newStream(), revision = -1; !stopping; revision++) {
          const events = newEvents(1);
          await appendTo(store, stream, revision, events);
          acknowledged.push(events[0]!.id);
          if (revision === 20) [stream, revision] = [newStream(), -2];
        }
      });
      for (let kill = 0; kill < KILLS; kill++) {
        const before = acknowledged.length;
        while (acknowledged.length < before + 100) await new Promise((resolve) => setTimeout(resolve, 10));
        await server.kill();
        await server.restart();
      }
      stopping = true;
      await Promise.all(writers);
      const stored = (await store.readAll({ after: 0n, limit: 1_000_000 })).map(({ id }) => id);
      expect([...stored].sort()).toEqual([...acknowledged].sort());
      while (heard.length < stored.length) await new Promise((resolve) => setTimeout(resolve, 10));
      expect(heard).toEqual(stored);
      await store.close();
      await vault.close();
      await server.kill();
      rmSync(folder, { recursive: true, force: true });
    },
    600_000,
  );
});
