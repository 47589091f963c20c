import { setTimeout as delay } from 'node:timers/promises';
import { openMongoReadModels } from '#read-models/mongodb/read-models.js';
import { createProjections } from '#read-models/projections.js';
import { ReadModelsUnavailable } from '#read-models/port.js';
import { arrayLog, fold, logEvents, storedEvents, type EventNotation } from '#read-models/testing.js';
import { pending } from '#read-models/views/pending.js';
import { registrations } from '#read-models/views/registrations.js';
import * as t from '#read-models/views/testing.js';
import { timeline } from '#read-models/views/timeline.js';
import { openMongoVault } from '#vault/mongodb/vault.js';
import { VaultUnavailable } from '#vault/port.js';
import { startFerretDb, type FerretDb } from '../support/ferretdb/server.js';
import { withFerretDb } from './mongodb-server.js';

const views = [registrations, timeline, pending];

/** Many applications of one developer, so that steps of every size are cut. */
const events: readonly EventNotation[] = [
  t.portalMade(),
  t.developerMade(),
  t.productMade('pr1', { labels: [['team', 'sky']] }),
  t.listedOn(['po1']),
  t.versionMade(),
  t.publishedOn(),
  ...Array.from({ length: 60 }, (_, n) => [
    t.applicationMade(`ap${n}`, { name: `App ${n}` }),
    t.requested(`re${n}`, {}, `ap${n}`),
    t.on(`application-ap${n}`, 'application.edited.v1', { name: `Renamed ${n}` }),
    t.accessDecided('approved', `re${n}`, 'pending', `ap${n}`),
  ]).flat(),
];

withFerretDb('a MongoDB that is killed', (binary) => {
  let ferretdb: FerretDb;
  let opened: (() => Promise<void>)[];
  // the driver looks for a lost server every 500 ms
  const address = () => `${ferretdb.url}?serverSelectionTimeoutMS=1500`;
  beforeEach(async () => {
    ferretdb = await startFerretDb(binary);
    opened = [];
  });
  afterEach(async () => {
    for (const close of opened.reverse()) await close();
    await ferretdb.close();
  });

  it('costs no view anything: all arrive at the plain fold', async () => {
    const store = await openMongoReadModels({ url: address() });
    opened.push(() => store.close());
    const errors: unknown[] = [];
    const log = arrayLog(storedEvents(events));
    const blob = async (): Promise<undefined> => undefined;
    const onError = (error: unknown): unknown => errors.push(error);
    const often = { batchSize: 9, idleMs: 5, settleMs: 0 };
    const projections = await createProjections({ views, log, store, blob, onError, ...often });
    opened.push(() => projections.stop());
    const reached = () => projections.status().reduce((sum, { position }) => sum + position, 0n);
    for (let kill = 1n; kill <= 3n; kill += 1n) {
      while (reached() < kill * 200n) await delay(1);
      await ferretdb.kill();
      const before = errors.length;
      while (errors.length === before) await delay(1);
      await ferretdb.restart();
    }
    while (!projections.status().every(({ live }) => live)) await delay(5);
    expect(new Set(errors.map((error) => (error as Error).constructor))).toEqual(new Set([ReadModelsUnavailable]));
    for (const view of views) {
      const docs = await store.find((await store.pointer(view.name))!, { where: [], limit: 10_000 });
      expect(new Map(docs.map((doc) => [doc.id, doc]))).toEqual(await fold(view, logEvents(events)));
    }
  });

  it('keeps what the vault has answered, and is told as unavailable meanwhile', async () => {
    const vault = await openMongoVault({ url: address() });
    opened.push(() => vault.close());
    await vault.insert('thing', 'a', 1);
    await ferretdb.kill();
    await expect(vault.get('thing', 'a')).rejects.toThrow(VaultUnavailable);
    await expect(vault.put('thing', 'a', 2)).rejects.toThrow(VaultUnavailable);
    await ferretdb.restart();
    expect(await vault.replace('thing', 'a', 1, 3)).toBe(true);
    expect(await vault.get('thing', 'a')).toEqual({ id: 'a', value: 3, version: 2 });
  });
});
