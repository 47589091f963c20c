import fc from 'fast-check';
import { apps } from './example-view.contract.js';
import { createLogReader } from './log-reader.js';
import type { Doc } from './port.js';
import { createRunner, type RunnerOptions } from './runner.js';
import { arrayLog, fold, logEvents, storedEvents, type EventNotation, type StoreHarness } from './testing.js';

const id = fc.constantFrom('1', '2', '3', '4');
const owner = fc.constantFrom('o', 'p');

const notation: fc.Arbitrary<EventNotation> = fc.oneof(
  fc.tuple(id, owner, id).map(([app, o, n]) => [`app-${app}`, 'app.made.v1', { owner: o, name: n }] as const),
  fc.tuple(id, id).map(([app, n]) => [`app-${app}`, 'app.named.v1', { name: n }] as const),
  fc.tuple(id, owner).map(([app, o]) => [`app-${app}`, 'app.moved.v1', { owner: o }] as const),
  id.map((app) => [`app-${app}`, 'app.gone.v1'] as const),
  fc.tuple(owner, id).map(([o, n]) => [`owner-${o}`, 'owner.named.v1', { name: n }] as const),
  owner.map((o) => [`owner-${o}`, 'owner.gone.v1'] as const),
  fc
    .tuple(owner, fc.uniqueArray(id, { maxLength: 3 }))
    .map(([o, into]) => [`owner-${o}`, 'owner.split.v1', { into }] as const),
  fc.constant(['x-1', 'nobody.cares.v1'] as const),
);

/** A runner's life up to a crash. `forgets`: the checkpoint it would have resumed at was lost, it starts over. */
const stint = fc.record({
  steps: fc.integer({ min: 1, max: 4 }),
  batchSize: fc.integer({ min: 1, max: 7 }),
  forgets: fc.boolean(),
});

/** Whatever the history, and however it is delivered, a runner arrives at the plain fold. */
export function runnerProperty(name: string, newHarness: () => Promise<StoreHarness>): void {
  it(`${name}: the runner arrives at the plain fold for any history, batch, crash and repeated delivery`, async () => {
    const harness = await newHarness();
    const store = await harness.open();
    const forgetful = { ...store, checkpoint: async () => undefined };
    let run = 0;
    const property = fc.asyncProperty(
      fc.array(notation, { maxLength: 40 }),
      fc.array(stint, { maxLength: 6 }),
      async (events, stints) => {
        const collection = `apps_v${(run += 1)}`;
        const log = arrayLog(storedEvents(events));
        const expected = Array.from((await fold(apps, logEvents(events))).values()).sort((a, b) =>
          a.id < b.id ? -1 : 1,
        );
        async function live(steps: number, options: Partial<RunnerOptions>): Promise<readonly Doc[]> {
          const reader = createLogReader(log);
          const runner = await createRunner({
            view: apps,
            collection,
            reader,
            store,
            blob: async () => undefined,
            ...options,
          });
          for (let step = 0; step < steps; step += 1) await runner.step();
          return store.find(collection, { where: [], limit: 1_000 });
        }
        for (const { steps, forgets, ...sizes } of stints)
          await live(steps, { ...sizes, ...(forgets && { store: forgetful }) });
        expect(await live(100, { batchSize: 5 })).toEqual(expected);
        expect(await live(100, { batchSize: 3, store: forgetful })).toEqual(expected);
        await store.drop(collection);
      },
    );
    await fc.assert(property, { numRuns: 200 });
    await store.close();
    await harness.destroy();
  });
}
