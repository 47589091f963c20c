import fc from 'fast-check';
import { createLogReader } from '#read-models/log-reader.js';
import type { Doc, ReadModelStore, View } from '#read-models/port.js';
import { createRunner } from '#read-models/runner.js';
import { sqliteHarness } from '#read-models/sqlite/harness.contract.js';
import { arrayLog, storedEvents, type EventNotation } from '#read-models/testing.js';
import { allViews } from '#read-models/views/index.js';
import { blob, histories } from '#read-models/views/testing-histories.js';
import { viewsContract } from '#read-models/views/views.contract.js';
import { mongoHarness, withMongo } from './mongodb-server.js';

/** What a view is made of in a store, with the positions that the documents have there. */
async function built(store: ReadModelStore, view: View, collection: string, events: readonly EventNotation[]) {
  const reader = createLogReader(arrayLog(storedEvents(events)));
  const runner = await createRunner({ view, collection, reader, store, blob, batchSize: 11 });
  while ((await runner.step()) === 'advanced');
  await runner.flush();
  expect(runner.blocked()).toBeUndefined();
  const docs: readonly Doc[] = await store.find(collection, { where: [], limit: 10_000 });
  const writes = await store.load(
    collection,
    docs.map(({ id }) => id),
  );
  const checkpoint = await store.checkpoint(collection);
  await store.drop(collection);
  return { docs, positions: new Map(writes.map(({ id, position }) => [id, position])), checkpoint };
}

withMongo('views on MongoDB', (url) => {
  viewsContract('mongodb', () => mongoHarness(url), { numRuns: Number(process.env['GATEHOUSE_TEST_RUNS'] ?? 8) });

  it('are the same as on SQLite, document by document, for any history', async () => {
    const harnesses = [await sqliteHarness(), await mongoHarness(url)];
    const [sqlite, mongodb] = (await Promise.all(harnesses.map((h) => h.open()))) as [ReadModelStore, ReadModelStore];
    let run = 0;
    const property = fc.asyncProperty(histories, async (events) => {
      for (const view of allViews) {
        const collection = `${view.name}_v${(run += 1)}`;
        expect(await built(mongodb, view, collection, events)).toEqual(await built(sqlite, view, collection, events));
      }
    });
    await fc.assert(property, { numRuns: Number(process.env['GATEHOUSE_TEST_RUNS'] ?? 8) });
    await Promise.all([sqlite.close(), mongodb.close()]);
    for (const { destroy } of harnesses) await destroy();
  });
});
