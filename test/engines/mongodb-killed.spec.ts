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
  beforeEach(async () => {
    ferretdb = await startFerretDb(binary);
  });
  afterEach(() => ferretdb.close());
  const address = () => `${ferretdb.url}?serverSelectionTimeoutMS=300`;

  /** Projections as a process has them that starts now, and how it ends. */
  async function startProcess(onError: (error: unknown) => void) {
    const store = await openMongoReadModels({ url: address() });
    const log = arrayLog(storedEvents(events));
    const blob = async (): Promise<undefined> => undefined;
    const often = { batchSize: 9, idleMs: 5, settleMs: 0 };
    const projections = await createProjections({ views, log, store, blob, onError, ...often });
    return {
      store,
      status: () => projections.status(),
      async end() {
        await projections.stop();
        await store.close();
      },
    };
  }

  it('costs no view anything: all arrive at the plain fold', async () => {
    for (const share of [60n, 250n, 400n, 550n]) {
      const errors: unknown[] = [];
      const running = await startProcess((error) => errors.push(error));
      while (running.status().reduce((sum, { position }) => sum + position, 0n) < share) await delay(1);
      await ferretdb.kill();
      while (errors.length === 0) await delay(1);
      await running.end();
      expect(errors.every((error) => error instanceof ReadModelsUnavailable)).toBe(true);
      await ferretdb.restart();
    }
    const last = await startProcess(() => undefined);
    while (last.status().some(({ position }) => position < BigInt(events.length))) await delay(5);
    for (const view of views) {
      const docs = await last.store.find((await last.store.pointer(view.name))!, { where: [], limit: 10_000 });
      expect(new Map(docs.map((doc) => [doc.id, doc]))).toEqual(await fold(view, logEvents(events)));
    }
    await last.end();
  });

  it('keeps what the vault has answered, and is told as unavailable meanwhile', async () => {
    const vault = await openMongoVault({ url: address() });
    await vault.insert('thing', 'a', 1);
    await ferretdb.kill();
    await expect(vault.get('thing', 'a')).rejects.toThrow(VaultUnavailable);
    await expect(vault.put('thing', 'a', 2)).rejects.toThrow(VaultUnavailable);
    await vault.close();
    await ferretdb.restart();
    const again = await openMongoVault({ url: address() });
    expect(await again.replace('thing', 'a', 1, 3)).toBe(true);
    expect(await again.get('thing', 'a')).toEqual({ id: 'a', value: 3, version: 2 });
    await again.close();
  });
});
