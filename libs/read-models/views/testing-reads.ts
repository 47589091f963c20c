/** For specs of queries: views built by the runner in a real store, from events in short notation. */
import { collectionName } from '../generations.js';
import { createLogReader } from '../log-reader.js';
import type { View } from '../port.js';
import { createReads, type Reads } from '../reads.js';
import { createRunner, type BlobReader } from '../runner.js';
import { sqliteHarness } from '../sqlite/harness.contract.js';
import { arrayLog, storedEvents, type EventNotation } from '../testing.js';

export interface BuiltReads extends Reads {
  close(): Promise<void>;
}

/** All events applied, to be read; `close` deletes the file. */
export async function buildReads(
  views: readonly View[],
  notations: readonly EventNotation[],
  blob: BlobReader = async () => undefined,
): Promise<BuiltReads> {
  const harness = await sqliteHarness();
  const store = await harness.open();
  const reader = createLogReader(arrayLog(storedEvents(notations)));
  const collections = new Map(views.map(({ name, version }) => [name, collectionName(name, version)]));
  const collectionOf = (view: string): string => collections.get(view)!;
  for (const view of views) {
    const runner = await createRunner({ view, collection: collectionOf(view.name), reader, store, blob });
    while ((await runner.step()) === 'advanced');
    if (runner.blocked()) throw new Error(`view ${view.name} is blocked: ${runner.blocked()!.error}`);
  }
  return {
    ...createReads(store, { collectionOf, status: () => [], waitFor: async () => true }),
    async close() {
      await store.close();
      await harness.destroy();
    },
  };
}
