import { randomBytes } from 'node:crypto';
import type { Collection } from 'mongodb';
import { openEngines, type Engines } from '../../../apps/engines/open.js';
import { engineSettings } from '../../../apps/engines/settings.js';
import { connectMongo } from '#mongodb/connection.js';
import { openMongoReadModels } from '#read-models/mongodb/read-models.js';
import { storedWrite, type Stored } from '#read-models/mongodb/stored.js';
import { lineOf } from '#read-models/generations.js';
import type { DocWrite } from '#read-models/port.js';
import { createProjections } from '#read-models/projections.js';
import { allViews } from '#read-models/views/index.js';
import { median } from '../rounds.js';
import type { Line } from '../table.js';
import type { Bench } from './bench.js';
import { databaseOf } from './scene.js';

const WANTED = 0.6;
const PATIENCE_MS = 30 * 60_000;

/** One write of a view: its documents and where they go. */
interface Batch {
  readonly collection: string;
  readonly writes: readonly DocWrite[];
}

interface Built {
  readonly milliseconds: number;
  readonly batches: readonly Batch[];
}

/** All views from nothing, against the bare driver's bulk writes of the same documents; collections and indexes are made before. */
export async function catchUp({ place, rounds, say }: Bench): Promise<readonly Line[]> {
  const engines = await openEngines({ dataDir: place.folder, engines: engineSettings(place.env) });
  const fresh = (): string => databaseOf(place.mongoUrl, `bench_${randomBytes(6).toString('hex')}`);
  const measured: {
    readonly ratio: number;
    readonly events: number;
    readonly documents: number;
    readonly bare: number;
  }[] = [];
  try {
    const events = (await engines.store.readAll({ after: 0n, limit: Number.MAX_SAFE_INTEGER })).length;
    for (let round = 0; round < rounds.rounds; round++) {
      const { milliseconds, batches } = await build(engines, fresh());
      const bareMs = await writeBare(batches, fresh());
      const documents = batches.reduce((sum, { writes }) => sum + writes.length, 0);
      const rate = (count: number, ms: number): number => Math.round(count / (ms / 1_000));
      measured.push({
        ratio: bareMs / milliseconds,
        events: rate(events, milliseconds),
        documents: rate(documents, milliseconds),
        bare: rate(documents, bareMs),
      });
      say(
        `catch-up: ${events} events, ${documents} documents in ${Math.round(milliseconds)} ms, bare ${Math.round(bareMs)} ms`,
      );
    }
  } finally {
    await engines.close();
  }
  const of = (name: keyof (typeof measured)[number]): number => median(measured.map((one) => one[name]));
  const ratio = of('ratio');
  return [
    {
      measure: 'catch-up of all views',
      result: `${Math.round(ratio * 100)} %`,
      wanted: `${WANTED * 100} %`,
      reached: ratio >= WANTED,
      rate: `${of('documents')}/s of ${of('bare')}/s documents`,
      note: `${of('events')} events a second`,
    },
  ];
}

async function build({ store: log, blobs }: Engines, url: string): Promise<Built> {
  const store = await openMongoReadModels({ url });
  const batches: Batch[] = [];
  for (const view of allViews) await store.ensure(lineOf(view), view.indexes);
  const head = await log.head();
  const started = performance.now();
  const projections = await createProjections({
    views: allViews,
    log,
    store: {
      ...store,
      write(collection, writes, checkpoint, epoch) {
        batches.push({ collection, writes });
        return store.write(collection, writes, checkpoint, epoch);
      },
    },
    blob: (sha256) => blobs.get(sha256),
    settleMs: PATIENCE_MS,
  });
  if (!(await projections.waitFor(head, PATIENCE_MS))) throw new Error('the views did not catch up');
  const milliseconds = performance.now() - started;
  await projections.stop();
  await store.close();
  return { milliseconds, batches };
}

/** The same documents in the same portions, without looking, guards and checkpoints. */
async function writeBare(batches: readonly Batch[], url: string): Promise<number> {
  const made = await openMongoReadModels({ url });
  for (const view of allViews) await made.ensure(lineOf(view), view.indexes);
  await made.close();
  const { db, close } = await connectMongo({ url }, (description) => new Error(description));
  const there = new Set<string>();
  const started = performance.now();
  for (const { collection, writes } of batches) {
    const target: Collection<Stored> = db.collection(collection);
    if (writes.length === 0) continue;
    const operations = writes.map((write) => {
      const document = storedWrite(write);
      const known = there.has(`${collection} ${write.id}`);
      there.add(`${collection} ${write.id}`);
      const { _id, ...replacement } = document;
      return known
        ? { replaceOne: { filter: { _id }, replacement: replacement as Stored } }
        : { insertOne: { document } };
    });
    await target.bulkWrite(operations, { ordered: false });
  }
  const took = performance.now() - started;
  await close();
  return took;
}
