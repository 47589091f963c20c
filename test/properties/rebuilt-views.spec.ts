import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { history, play } from './history.js';
import { commandsOf } from '../support/commands.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { openSqliteReadModels } from '#read-models/sqlite/read-models.js';
import type { Doc } from '#read-models/port.js';

type Copy = Readonly<Record<string, readonly Doc[]>>;

/** Every document of every view, once all have read the whole log. */
async function documents({ services, dataDir }: TestServer): Promise<Copy> {
  await services.reactors.settled();
  expect(await services.projections.waitFor(await services.store.head(), 20_000)).toBe(true);
  const store = openSqliteReadModels({ file: join(dataDir, 'views.db'), readOnly: true });
  try {
    const names = [...(await store.collections())].sort();
    const found = await Promise.all(names.map((name) => store.find(name, { where: [], limit: 100_000 })));
    return Object.fromEntries(names.map((name, index) => [name, found[index]!]));
  } finally {
    await store.close();
  }
}

it('views that followed a history equal views rebuilt from its log, document by document', async () => {
  let kept = 0;
  const property = fc.asyncProperty(history(60), async (steps) => {
    const dataDir = await mkdtemp(join(tmpdir(), 'gatehouse-history-'));
    const env = { GATEHOUSE_DATA_DIR: dataDir };
    try {
      const first = await startTestServer(env);
      const accepted = await play(first, commandsOf(first), steps);
      expect(accepted).toBeGreaterThan(10);
      const live = await documents(first);
      await first.stop();
      for (const name of ['views.db', 'views.db-wal', 'views.db-shm']) await rm(join(dataDir, name), { force: true });
      const second = await startTestServer(env);
      const rebuilt = await documents(second);
      await second.stop();
      expect(rebuilt).toEqual(live);
      kept += Object.values(live).reduce((sum, docs) => sum + docs.length, 0);
    } finally {
      await rm(dataDir, { recursive: true, force: true });
    }
  });
  await fc.assert(property, { numRuns: 4, endOnFailure: true });
  expect(kept).toBeGreaterThan(300);
}, 120_000);
