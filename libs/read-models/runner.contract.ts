import { BlobCorrupt } from '#blobs/port.js';
import { createLogReader } from './log-reader.js';
import type { Doc, ReadModelStore, View } from './port.js';
import { apps, type AppEvent } from './example-view.contract.js';
import { insert, rulesFor } from './rules.js';
import { createRunner, isOnLog, type BlobReader, type Runner } from './runner.js';
import { arrayLog, fold, logEvents, storedEvents, type EventNotation, type StoreHarness } from './testing.js';

const noBlob: BlobReader = async () => undefined;

interface Started {
  readonly view?: View;
  readonly events: readonly EventNotation[];
  readonly batchSize?: number;
  readonly blob?: BlobReader;
}

/** The runner over a store: what it makes of a log is the plain fold, however the log is delivered. */
export function runnerContract(name: string, newHarness: () => Promise<StoreHarness>): void {
  describe(`${name}: runner`, () => {
    let harness: StoreHarness;
    let store: ReadModelStore;

    beforeEach(async () => {
      harness = await newHarness();
      store = await harness.open();
    });
    afterEach(async () => {
      await store.close();
      await harness.destroy();
    });

    const start = ({ view = apps, events, blob = noBlob, ...sizes }: Started): Promise<Runner> =>
      createRunner({
        view,
        collection: 'apps_v1',
        reader: createLogReader(arrayLog(storedEvents(events))),
        store,
        blob,
        ...sizes,
      });

    async function drain(runner: Runner): Promise<void> {
      while ((await runner.step()) === 'advanced');
    }

    async function stored(collection = 'apps_v1'): Promise<Map<string, Doc>> {
      const docs = await store.find(collection, { where: [], limit: 10_000 });
      return new Map(docs.map((doc) => [doc.id, doc]));
    }

    it('ends a step early when its events change very many documents, and loses none', async () => {
      const many: View = {
        name: 'apps',
        version: 1,
        indexes: [],
        rules: rulesFor<AppEvent>({
          'app.made.v1': insert(({ entityId }) =>
            Array.from({ length: 6_000 }, (_, n) => ({ id: `${entityId}-${n}` })),
          ),
        }),
      };
      const events = ['1', '2', '3'].map((n): EventNotation => [`app-${n}`, 'app.made.v1', { owner: 'o', name: n }]);
      const runner = await start({ view: many, events });
      expect(await runner.step()).toBe('advanced');
      expect(runner.position()).toBe(2n);
      await drain(runner);
      expect([runner.position(), await store.count('apps_v1', [])]).toEqual([3n, 18_000]);
    });

    it('ends a step early when its events select very many documents, though they change none', async () => {
      const docs = ['1', '2', '3'].flatMap((owner) =>
        Array.from({ length: 6_000 }, (_, n) => ({ id: `${owner}-${n}`, owner })),
      );
      await store.ensure('apps_v1', apps.indexes);
      await store.write(
        'apps_v1',
        docs.map((doc) => ({ id: doc.id, doc, position: 0n })),
        { logId: 'log-a', position: 0n, eventId: '' },
      );
      const view: View = {
        ...apps,
        rules: {
          'app.moved.v1': {
            select: ({ data }) => ({ where: ['owner', String(data['owner'])] }),
            reduce: (selected) => selected,
          },
        },
      };
      const runner = await start({
        view,
        events: ['1', '2', '3'].map((owner): EventNotation => ['app-1', 'app.moved.v1', { owner }]),
      });
      expect(await runner.step()).toBe('advanced');
      expect(runner.position()).toBe(2n);
    });

    it('sees its own unwritten changes when it selects by field', async () => {
      const events: EventNotation[] = [
        ['app-1', 'app.made.v1', { owner: 'o', name: 'one' }],
        ['app-2', 'app.made.v1', { owner: 'o', name: 'two' }],
        ['app-3', 'app.made.v1', { owner: 'p', name: 'three' }],
        ['app-4', 'app.made.v1', { owner: 'o', name: 'four' }],
      ];
      await drain(await start({ events }));
      const more: EventNotation[] = [
        ...events,
        ['app-1', 'app.moved.v1', { owner: 'p' }], // no longer selected
        ['app-3', 'app.moved.v1', { owner: 'o' }], // now selected
        ['app-4', 'app.gone.v1'], // deleted
        ['app-5', 'app.made.v1', { owner: 'o', name: 'five' }], // new
        ['owner-o', 'owner.named.v1', { name: 'Olga' }],
      ];
      await drain(await start({ events: more }));
      expect(Array.from((await stored()).values(), ({ id, name }) => `${id}: ${String(name)}`)).toEqual([
        '1: one',
        '2: 2 of Olga',
        '3: 3 of Olga',
        '5: 5 of Olga',
      ]);
    });

    it('writes each document once per step, and leaves unchanged ones alone', async () => {
      const events: EventNotation[] = [
        ['app-1', 'app.made.v1', { owner: 'o', name: 'a' }],
        ['app-1', 'app.named.v1', { name: 'b' }],
        ['app-1', 'app.named.v1', { name: 'c' }],
        ['app-1', 'app.named.v1', { name: 'c' }],
      ];
      const sizes: number[] = [];
      const write: ReadModelStore['write'] = (collection, writes, checkpoint) => {
        sizes.push(writes.length);
        return store.write(collection, writes, checkpoint);
      };
      const reader = createLogReader(arrayLog(storedEvents(events)));
      const counted = { ...store, write };
      await drain(await createRunner({ view: apps, collection: 'apps_v1', reader, store: counted, blob: noBlob }));
      expect(sizes).toEqual([1]);
      expect(await store.load('apps_v1', ['1'])).toEqual([
        { id: '1', position: 3n, doc: { id: '1', owner: 'o', name: 'c', edits: 2 } },
      ]);
    });

    it('stops at an event that a rule cannot apply, keeps what came before, and goes on when it can', async () => {
      const events: EventNotation[] = [
        ['app-1', 'app.made.v1', { owner: 'o', name: 'a' }],
        ['app-2', 'app.made.v1', { owner: 'o', name: 'secret value' }],
        ['app-3', 'app.made.v1', { owner: 'o', name: 'c' }],
      ];
      let broken = true;
      const made = apps.rules['app.made.v1']!;
      const view: View = {
        ...apps,
        rules: {
          'app.made.v1': {
            select: made.select,
            reduce(docs, event) {
              if (broken && event.entityId === '2') throw new Error(`cannot do ${String(event.data['name'])}`);
              return made.reduce(docs, event);
            },
          },
        },
      };
      const runner = await start({ view, events });
      expect(await runner.step()).toBe('blocked');
      expect(await runner.step()).toBe('blocked');
      expect(runner.position()).toBe(1n);
      expect(runner.blocked()).toMatchObject({ position: 2n, eventId: 'event-2' });
      expect(runner.blocked()?.error).toMatch(/^Error at libs\/read-models\/runner\.contract\.ts:\d+:\d+$/);
      expect([...(await stored()).keys()]).toEqual(['1']);
      broken = false;
      runner.retry();
      expect(await runner.step()).toBe('advanced');
      expect([...(await stored()).keys()]).toEqual(['1', '2', '3']);
    });

    it('stops at an event whose rule selects wrongly or gives a document under another id', async () => {
      const events: EventNotation[] = [
        ['app-1', 'app.named.v1', { name: 'a' }],
        ['app-1', 'app.made.v1', { owner: 'o', name: 'a' }],
      ];
      const noIndex = {
        ...apps,
        rules: { 'app.made.v1': { select: () => ({ where: ['x', 'y'] as const }), reduce: () => new Map() } },
      };
      const runner = await start({ view: noIndex, events });
      await runner.step();
      expect(runner.blocked()).toEqual({
        position: 2n,
        eventId: 'event-2',
        error: 'a rule selects by x: declare an index that begins with it',
      });
      const wrongId = {
        ...apps,
        rules: { 'app.made.v1': { select: () => ({}), reduce: () => new Map([['1', { id: '2' }]]) } },
      };
      const other = await start({ view: wrongId, events });
      await other.step();
      expect(other.blocked()?.error).toBe('a rule gave a document under another id than its own');
    });

    it('gives a rule what the view loaded; a corrupt blob blocks, an unreadable one is tried again', async () => {
      const events: EventNotation[] = [['app-1', 'app.made.v1', { owner: 'o', name: 'hash' }]];
      const view: View = {
        ...apps,
        load: async (event, blob) => new TextDecoder().decode(await blob(String(event.data['name']))),
        rules: rulesFor<AppEvent>({
          'app.made.v1': insert((e, loaded) => ({ id: e.entityId, text: loaded })),
        }),
      };
      const corrupt = await start({ view, events, blob: () => Promise.reject(new BlobCorrupt('hash')) });
      expect(await corrupt.step()).toBe('blocked');
      const outages = [new Error('disk'), new Error('disk')];
      const blob: BlobReader = async () => {
        const outage = outages.pop();
        if (outage) throw outage;
        return new TextEncoder().encode('content');
      };
      const runner = await start({ view, events, blob });
      await expect(runner.step()).rejects.toThrow('a blob could not be read');
      await expect(runner.step()).rejects.toThrow('a blob could not be read');
      expect(await runner.step()).toBe('advanced');
      expect(await store.get('apps_v1', '1')).toEqual({ id: '1', text: 'content' });
    });

    it('repeats a step that the store refused', async () => {
      const events: EventNotation[] = [
        ['app-1', 'app.made.v1', { owner: 'o', name: 'a' }],
        ['app-1', 'app.named.v1', { name: 'b' }],
      ];
      let refusals = 1;
      const failing: ReadModelStore = {
        ...store,
        write: (...write) => (refusals-- > 0 ? Promise.reject(new Error('disk full')) : store.write(...write)),
      };
      const reader = createLogReader(arrayLog(storedEvents(events)));
      const runner = await createRunner({ view: apps, collection: 'apps_v1', reader, store: failing, blob: noBlob });
      await expect(runner.step()).rejects.toThrow('disk full');
      expect(runner.position()).toBe(0n);
      expect(await runner.step()).toBe('advanced');
      expect(await stored()).toEqual(await fold(apps, logEvents(events)));
    });

    it('resumes at its checkpoint, also where the last events changed nothing', async () => {
      const events: EventNotation[] = [
        ['app-1', 'app.made.v1', { owner: 'o', name: 'a' }],
        ['x-1', 'nobody.cares.v1'],
        ['x-1', 'nobody.cares.v1'],
      ];
      const runner = await start({ events, batchSize: 2 });
      await drain(runner);
      expect(runner.position()).toBe(3n);
      await runner.flush();
      const resumed = await start({ events });
      expect(resumed.position()).toBe(3n);
      expect(resumed.lastAppliedAt()).toBe('2026-01-01T00:00:02.000Z');
      expect(await resumed.step()).toBe('idle');
    });

    it('knows whether a checkpoint is on this log', async () => {
      const reader = createLogReader(
        arrayLog(
          storedEvents([
            ['app-1', 'x.y.v1'],
            ['app-1', 'x.y.v1'],
          ]),
        ),
      );
      const checkpoint = { logId: 'log-a', position: 2n, eventId: 'event-2' };
      expect(await isOnLog(undefined, reader)).toBe(true);
      expect(await isOnLog(checkpoint, reader)).toBe(true);
      expect(await isOnLog({ ...checkpoint, position: 3n }, reader)).toBe(false);
      expect(await isOnLog({ ...checkpoint, eventId: 'event-x' }, reader)).toBe(false);
      expect(await isOnLog({ ...checkpoint, logId: 'log-b' }, reader)).toBe(false);
    });
  });
}
