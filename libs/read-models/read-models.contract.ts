import { Superseded, type Checkpoint, type Doc, type DocWrite, type ReadModelStore } from './port.js';
import type { StoreHarness } from './testing.js';

export const checkpointAt = (position: bigint, logId = 'log-a'): Checkpoint => ({
  logId,
  position,
  eventId: `event-${position}`,
});

const put = (position: bigint, doc: Doc): DocWrite => ({ id: doc.id, position, doc });
const bury = (position: bigint, id: string): DocWrite => ({ id, position, doc: null });

/** What every read model store must do; queries are in queries.contract.ts. */
export function readModelsContract(name: string, newHarness: () => Promise<StoreHarness>): void {
  describe(`${name}: documents`, () => {
    let harness: StoreHarness;
    let store: ReadModelStore;

    beforeEach(async () => {
      harness = await newHarness();
      store = await harness.open();
      await store.ensure('apps_v1', [['owner'], ['owner', 'name']]);
    });
    afterEach(async () => {
      await store.close();
      await harness.destroy();
    });

    it('gives documents back as they were written', async () => {
      const doc = {
        id: 'a',
        text: 'ümläut \u2028 😀 "quoted" \\ \u0000 end',
        number: -12.5,
        yes: true,
        none: null,
        list: [1, 'two', null, { three: 3 }],
        nested: { '10': 'ten', '2': 'two' },
      };
      await store.write('apps_v1', [put(1n, doc)], checkpointAt(1n));
      expect(await store.get('apps_v1', 'a')).toEqual(doc);
      expect(await store.get('apps_v1', 'b')).toBeUndefined();
      expect(await store.getMany('apps_v1', ['b', 'a'])).toEqual(new Map([['a', doc]]));
    });

    it('keeps positions beyond the safe integers exact', async () => {
      const position = 9_007_199_254_740_993n;
      await store.write('apps_v1', [put(position, { id: 'a' })], checkpointAt(position));
      expect(await store.load('apps_v1', ['a'])).toEqual([put(position, { id: 'a' })]);
      expect(await store.checkpoint('apps_v1')).toEqual(checkpointAt(position));
    });

    it.each([
      ['older', 4n],
      ['as old', 5n],
    ])('lets a write that is %s change nothing', async (_, position) => {
      await store.write('apps_v1', [put(5n, { id: 'a', v: 'new' })], checkpointAt(5n));
      await store.write('apps_v1', [put(position, { id: 'a', v: 'old' })], checkpointAt(6n));
      await store.write('apps_v1', [bury(position, 'a')], checkpointAt(7n));
      expect(await store.get('apps_v1', 'a')).toEqual({ id: 'a', v: 'new' });
    });

    it('lets no older write bring a deleted document back', async () => {
      await store.write('apps_v1', [put(1n, { id: 'a', v: 1 })], checkpointAt(1n));
      await store.write('apps_v1', [bury(3n, 'a')], checkpointAt(3n));
      await store.write('apps_v1', [put(2n, { id: 'a', v: 2 })], checkpointAt(3n));
      expect(await store.load('apps_v1', ['a'])).toEqual([bury(3n, 'a')]);
      await store.write('apps_v1', [put(4n, { id: 'a', v: 4 })], checkpointAt(4n));
      expect(await store.get('apps_v1', 'a')).toEqual({ id: 'a', v: 4 });
    });

    it('finds a document by its newest fields only, changed one by one or several at once', async () => {
      const found = async (owner: string) =>
        store.find('apps_v1', { where: [{ field: 'owner', op: 'eq', value: owner }], limit: 10 });
      await store.write('apps_v1', [put(1n, { id: 'a', owner: 'x', name: 'n', v: 1 })], checkpointAt(1n));
      await store.write('apps_v1', [put(2n, { id: 'a', owner: 'x', name: 'n', v: 2 })], checkpointAt(2n));
      expect(await found('x')).toEqual([{ id: 'a', owner: 'x', name: 'n', v: 2 }]);
      await store.write('apps_v1', [put(3n, { id: 'a', owner: 'y', v: 3 })], checkpointAt(3n));
      expect(await found('x')).toEqual([]);
      expect(await found('y')).toEqual([{ id: 'a', owner: 'y', v: 3 }]);
      expect(await store.loadWhere('apps_v1', 'owner', 'y')).toEqual([put(3n, { id: 'a', owner: 'y', v: 3 })]);
    });

    it.each([
      ['true', { id: 'a', owner: 'x', name: 'n' }],
      ['outdated', { id: 'a', owner: 'y', name: 'm' }],
      ['that there is none', null],
    ])('writes the same with a hint that is %s', async (_, before) => {
      const found = async (field: string, value: string) =>
        store.find('apps_v1', { where: [{ field, op: 'eq', value }], limit: 10 });
      await store.write('apps_v1', [put(1n, { id: 'a', owner: 'x', name: 'n' })], checkpointAt(1n));
      const doc = { id: 'a', owner: 'y', name: 'n' };
      await store.write('apps_v1', [{ ...put(2n, doc), before }], checkpointAt(2n));
      expect([await found('owner', 'y'), await found('name', 'n')]).toEqual([[doc], [doc]]);
      expect([await found('owner', 'x'), await found('name', 'm')]).toEqual([[], []]);
      await store.write('apps_v1', [{ ...put(1n, { id: 'a', owner: 'old' }), before }], checkpointAt(2n));
      expect(await store.get('apps_v1', 'a')).toEqual(doc);
    });

    it('hides tombstones from every answer', async () => {
      const [kept, gone] = [
        { id: 'a', owner: 'x' },
        { id: 'b', owner: 'x' },
      ];
      await store.write('apps_v1', [put(1n, kept), put(2n, gone)], checkpointAt(2n));
      await store.write('apps_v1', [bury(3n, 'b'), bury(3n, 'never-there')], checkpointAt(3n));
      expect(await store.get('apps_v1', 'b')).toBeUndefined();
      expect(await store.getMany('apps_v1', ['a', 'b'])).toEqual(new Map([['a', kept]]));
      expect(await store.find('apps_v1', { where: [], limit: 10 })).toEqual([kept]);
      expect(await store.find('apps_v1', { where: [{ field: 'owner', op: 'eq', value: null }], limit: 10 })).toEqual(
        [],
      );
      expect(await store.count('apps_v1', [])).toBe(1);
      expect(await store.loadWhere('apps_v1', 'owner', 'x')).toEqual([put(1n, kept)]);
    });

    it('purges only tombstones from before a position', async () => {
      await store.write('apps_v1', [put(1n, { id: 'a' }), bury(2n, 'b'), bury(3n, 'c')], checkpointAt(3n));
      expect(await store.purge('apps_v1', 3n)).toBe(1);
      expect(await store.load('apps_v1', ['a', 'b', 'c'])).toEqual([put(1n, { id: 'a' }), bury(3n, 'c')]);
    });

    it('moves a checkpoint forward only', async () => {
      expect(await store.checkpoint('apps_v1')).toBeUndefined();
      await store.write('apps_v1', [], checkpointAt(5n));
      await store.write('apps_v1', [put(3n, { id: 'a' })], checkpointAt(3n));
      expect(await store.checkpoint('apps_v1')).toEqual(checkpointAt(5n));
      expect(await store.get('apps_v1', 'a')).toEqual({ id: 'a' });
    });

    it('is written by the latest to claim it only', async () => {
      expect(await store.claim('apps_v1', 2)).toBe(true);
      expect(await store.checkpoint('apps_v1')).toBeUndefined();
      await store.write('apps_v1', [put(1n, { id: 'a', v: 1 })], checkpointAt(1n), 2);
      expect(await store.claim('apps_v1', 2)).toBe(true);
      expect(await store.claim('apps_v1', 3)).toBe(true);
      expect(await store.checkpoint('apps_v1')).toEqual(checkpointAt(1n));
      expect(await store.claim('apps_v1', 2)).toBe(false);
      await expect(
        store.write('apps_v1', [put(2n, { id: 'a', v: 2 }), put(2n, { id: 'b' })], checkpointAt(2n), 2),
      ).rejects.toThrow(Superseded);
      expect(await store.load('apps_v1', ['a', 'b'])).toEqual([put(1n, { id: 'a', v: 1 })]);
      expect(await store.checkpoint('apps_v1')).toEqual(checkpointAt(1n));
      await store.write('apps_v1', [put(3n, { id: 'a', v: 3 })], checkpointAt(3n), 3);
      await store.write('apps_v1', [], checkpointAt(2n), 3);
      expect(await store.checkpoint('apps_v1')).toEqual(checkpointAt(3n));
      await store.drop('apps_v1');
      await store.ensure('apps_v1', []);
      expect(await store.claim('apps_v1', 1)).toBe(true);
    });

    it('refuses the checkpoint of another log', async () => {
      await store.write('apps_v1', [], checkpointAt(5n));
      await expect(store.write('apps_v1', [], checkpointAt(6n, 'log-b'))).rejects.toThrow(/rebuild it/);
      expect(await store.checkpoint('apps_v1')).toEqual(checkpointAt(5n));
    });

    it('keeps collections apart, and drops one with its checkpoint', async () => {
      await store.ensure('apps_v2', []);
      await store.write('apps_v1', [put(1n, { id: 'a', v: 1 })], checkpointAt(1n));
      await store.write('apps_v2', [put(2n, { id: 'a', v: 2 })], checkpointAt(2n));
      expect(await store.collections()).toEqual(['apps_v1', 'apps_v2']);
      await store.drop('apps_v1');
      await store.drop('never_there_v1');
      expect(await store.collections()).toEqual(['apps_v2']);
      await store.ensure('apps_v1', []);
      expect(await store.get('apps_v1', 'a')).toBeUndefined();
      expect(await store.checkpoint('apps_v1')).toBeUndefined();
      expect(await store.get('apps_v2', 'a')).toEqual({ id: 'a', v: 2 });
    });

    it('keeps everything when a collection is ensured again, with more indexes', async () => {
      await store.write('apps_v1', [put(1n, { id: 'a', name: 'n' })], checkpointAt(1n));
      await store.ensure('apps_v1', [['owner'], ['name']]);
      expect(await store.loadWhere('apps_v1', 'name', 'n')).toEqual([put(1n, { id: 'a', name: 'n' })]);
      expect(await store.checkpoint('apps_v1')).toEqual(checkpointAt(1n));
    });

    it('points each view to one collection', async () => {
      expect(await store.pointer('apps')).toBeUndefined();
      await store.setPointer('apps', 'apps_v1');
      await store.setPointer('apps', 'apps_v2');
      await store.setPointer('other', 'other_v1');
      expect(await store.pointer('apps')).toBe('apps_v2');
    });

    it('has everything after a restart', async () => {
      await store.write('apps_v1', [put(1n, { id: 'a' }), bury(2n, 'b')], checkpointAt(2n));
      await store.setPointer('apps', 'apps_v1');
      await store.close();
      store = await harness.open();
      expect(await store.load('apps_v1', ['a', 'b'])).toEqual([put(1n, { id: 'a' }), bury(2n, 'b')]);
      expect(await store.checkpoint('apps_v1')).toEqual(checkpointAt(2n));
      expect(await store.pointer('apps')).toBe('apps_v1');
    });

    it('refuses names that could be more than names', async () => {
      await expect(store.ensure('x; drop table y', [])).rejects.toThrow(/collection name/);
      await expect(store.ensure('x_v1', [["a'"]])).rejects.toThrow(/field name/);
      await expect(store.loadWhere('apps_v1', 'a.b', 'x')).rejects.toThrow(/field name/);
      await expect(store.find('apps_v1', { where: [], sort: [{ field: 'a-b' }], limit: 1 })).rejects.toThrow(
        /field name/,
      );
    });
  });
}
