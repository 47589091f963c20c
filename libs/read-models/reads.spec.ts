import { createReads, type Reads } from './reads.js';
import { sqliteHarness } from './sqlite/harness.contract.js';
import { createStatusBoard, type StatusBoard } from './status.js';
import type { DocWrite, ReadModelStore } from './port.js';
import type { StoreHarness } from './testing.js';

const doc = (position: bigint, owner: string): DocWrite => ({
  id: `d${position}`,
  position,
  doc: { id: `d${position}`, owner },
});

describe('totals of lists', () => {
  let harness: StoreHarness;
  let store: ReadModelStore;
  let board: StatusBoard;
  let reads: Reads;

  beforeEach(async () => {
    harness = await sqliteHarness();
    store = await harness.open();
    await store.ensure('apps_v1', [['owner']]);
    await store.ensure('apps_v1_r1', [['owner']]);
    board = createStatusBoard();
    reads = createReads(store, board);
    await written([doc(1n, 'x'), doc(2n, 'x'), doc(3n, 'y')], 3n);
  });
  afterEach(async () => {
    await store.close();
    await harness.destroy();
  });

  /** As the runner does: first the documents, then the word of them. */
  async function written(writes: readonly DocWrite[], position: bigint, collection = 'apps_v1'): Promise<void> {
    await store.write(collection, writes, { logId: 'log-a', position, eventId: `event-${position}` });
    board.update([{ name: 'apps', collection, position, lastAppliedAt: null, live: true }]);
  }
  const total = async (owner: string): Promise<number> =>
    (await reads.list('apps', { where: [{ field: 'owner', op: 'eq', value: owner }], limit: 1 })).total;

  it('are of the conditions asked for', async () => {
    expect(await total('x')).toBe(2);
    expect(await total('y')).toBe(1);
    expect(await total('x')).toBe(2);
  });

  it('show what a view has applied as soon as it is known that it has', async () => {
    expect(await total('x')).toBe(2);
    await written([doc(4n, 'x')], 4n);
    expect(await total('x')).toBe(3);
  });

  it('are those of the collection that answers are read from, at the same position too', async () => {
    expect(await total('x')).toBe(2);
    await written([doc(1n, 'x')], 3n, 'apps_v1_r1');
    expect(await total('x')).toBe(1);
  });

  it('are counted once while a view stands still', async () => {
    let counted = 0;
    const counting = {
      ...store,
      count: (...asked: Parameters<typeof store.count>) => (counted++, store.count(...asked)),
    };
    reads = createReads(counting, board);
    for (let time = 0; time < 3; time++) await total('x');
    expect(counted).toBe(1);
  });
});
