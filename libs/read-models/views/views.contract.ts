import fc from 'fast-check';
import { createLogReader } from '../log-reader.js';
import type { Doc, ReadModelStore, View } from '../port.js';
import { createRunner } from '../runner.js';
import { arrayLog, fold, logEvents, storedEvents, type StoreHarness } from '../testing.js';
import { allViews } from './index.js';
import { blob, histories } from './testing-histories.js';

/**
 * A runner's life. `forgets`: it starts over, its checkpoint lost. `torn`: its last write is cut in the middle, as on an
 * engine without transactions: of the documents only those stay whose number has this remainder, and no checkpoint.
 */
const stint = fc.record({
  steps: fc.integer({ min: 1, max: 3 }),
  batchSize: fc.integer({ min: 1, max: 9 }),
  forgets: fc.boolean(),
  torn: fc.option(fc.constantFrom(0, 1)),
});

const START = { logId: 'log-a', position: 0n, eventId: '' };

function tornStore(store: ReadModelStore, remainder: number): ReadModelStore {
  const write: ReadModelStore['write'] = async (collection, writes) => {
    const written = writes.filter((_, index) => index % 2 === remainder);
    await store.write(collection, written, START);
    throw new Error('the connection is gone');
  };
  return { ...store, write };
}

const sorted = (docs: Iterable<Doc>): readonly Doc[] => [...docs].sort((a, b) => (a.id < b.id ? -1 : 1));

/** The real views over a store: whatever the history, and however it is delivered, each is its plain fold. */
export function viewsContract(
  name: string,
  newHarness: () => Promise<StoreHarness>,
  { numRuns = 60 }: { readonly numRuns?: number } = {},
): void {
  describe.each(allViews.map((view) => [view.name, view] as const))(`${name}: view %s`, (_, view: View) => {
    it('arrives at the plain fold of any history, however it is cut and however often it is delivered', async () => {
      const harness = await newHarness();
      const store = await harness.open();
      let run = 0;
      const property = fc.asyncProperty(histories, fc.array(stint, { maxLength: 4 }), async (events, stints) => {
        const collection = `run_v${(run += 1)}`;
        const reader = createLogReader(arrayLog(storedEvents(events)));
        const last = { steps: 100, batchSize: 7, forgets: false, torn: null };
        for (const { steps, batchSize, forgets, torn } of [...stints, last]) {
          const kept = torn === null ? store : tornStore(store, torn);
          const used = forgets ? { ...kept, checkpoint: async () => undefined } : kept;
          const runner = await createRunner({ view, collection, reader, store: used, blob, batchSize });
          for (let step = 0; step < steps; step += 1) await runner.step().catch(() => undefined);
          expect(runner.blocked()).toBeUndefined();
        }
        const expected = await fold(view, logEvents(events), blob);
        const built = await store.find(collection, { where: [], limit: 10_000 });
        expect(sorted(built)).toEqual(sorted(expected.values()));
        await store.drop(collection);
      });
      await fc.assert(property, { numRuns });
      await store.close();
      await harness.destroy();
    });
  });
}
