import fc from 'fast-check';
import type { DocWrite, ReadModelStore } from '#read-models/port.js';
import { checkpointAt } from '#read-models/read-models.contract.js';
import { openDatabase } from '../support/mongodb.js';
import { mongoHarness, withMongo } from './mongodb-server.js';

/** Writes of one step, as any owner of the view would send them: what a document is at a position is the same for all. */
const batch = fc
  .uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.bigInt({ min: 1n, max: 20n })), {
    selector: ([id]) => id,
    minLength: 1,
  })
  .map((writes) =>
    writes.map(([id, position]): DocWrite => {
      return { id, position, doc: position % 3n === 0n ? null : { id, at: String(position) } };
    }),
  );

const highest = (writes: readonly DocWrite[]): bigint =>
  writes.reduce((max, { position }) => (position > max ? position : max), 0n);

withMongo('writers of one view on MongoDB', (url) => {
  it('leave the latest of each document and the furthest checkpoint, however their steps meet', async () => {
    const harness = await mongoHarness(url);
    const stores = [await harness.open(), await harness.open(), await harness.open()];
    const [store] = stores as [ReadModelStore];
    let run = 0;
    const property = fc.asyncProperty(fc.array(fc.array(batch, { maxLength: 4 }), { maxLength: 3 }), async (owners) => {
      const collection = `apps_v${(run += 1)}`;
      await store.ensure(collection, [['at']]);
      await Promise.all(
        owners.map(async (batches, owner) => {
          for (const writes of batches) await stores[owner]!.write(collection, writes, checkpointAt(highest(writes)));
        }),
      );
      const all = owners.flat(2).sort((a, b) => (a.position < b.position ? -1 : 1));
      const expected = new Map(all.map((write) => [write.id, write]));
      const loaded = await store.load(collection, ['a', 'b', 'c', 'd']);
      expect(new Map(loaded.map((write) => [write.id, write]))).toEqual(expected);
      const furthest = highest(all);
      expect((await store.checkpoint(collection))?.position).toEqual(furthest === 0n ? undefined : furthest);
      await store.drop(collection);
    });
    await fc.assert(property, { numRuns: Number(process.env['GATEHOUSE_TEST_RUNS'] ?? 30) });
    await Promise.all(stores.map((each) => each.close()));
    await harness.destroy();
  });

  it('store positions as 64-bit integers and documents as documents', async () => {
    const harness = await mongoHarness(url);
    const store = await harness.open();
    await store.ensure('apps_v1', [['owner', 'name'], ['size']]);
    const doc = { id: 'a', owner: 'x', name: 'n', size: 3, labels: [['team', 'sky']] };
    await store.write('apps_v1', [{ id: 'a', position: 7n, doc }], checkpointAt(7n));
    const { db, close } = await openDatabase(url, harness.database);
    const apps = db.collection<{ _id: string }>('apps_v1');
    expect(await apps.countDocuments({ pos: { $type: 'long' } })).toBe(2);
    expect(await apps.findOne({ 'doc.owner': 'x', 'doc.size': { $gt: 2 } })).toMatchObject({ _id: 'a', pos: 7n });
    const keys = (await apps.indexes()).map(({ key }) => Object.keys(key as object).join(' '));
    expect(keys.sort()).toEqual(['_id', 'doc.owner doc.name _id', 'doc.size _id', 'tombstone']);
    await close();
    await store.close();
    await harness.destroy();
  });
});
