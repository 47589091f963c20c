import { setImmediate as nextTurn } from 'node:timers/promises';
import { apps } from './example-view.contract.js';
import type { Doc, ReadModelStore, View } from './port.js';
import { createProjections, type Projections, type ProjectionsOptions } from './projections.js';
import { createReads, type Reads } from './reads.js';
import { arrayLog, fold, logEvents, storedEvents, type EventNotation, type StoreHarness } from './testing.js';

const made = (id: string, name = `name ${id}`): EventNotation => [`app-${id}`, 'app.made.v1', { owner: 'o', name }];
const many = (count: number): EventNotation[] => Array.from({ length: count }, (_, i) => made(`n${i}`));

/** The same view, its names in capitals. */
const capitals = (version: number): View => ({
  ...apps,
  version,
  rules: {
    'app.made.v1': {
      select: () => ({}),
      reduce: (_, e) => new Map([[e.entityId, { id: e.entityId, name: String(e.data['name']).toUpperCase() }]]),
    },
  },
});

/** All views together: versions and rebuilds side by side, waiting, blocking, restarts. */
export function projectionsContract(name: string, newHarness: () => Promise<StoreHarness>): void {
  describe(`${name}: projections`, () => {
    let harness: StoreHarness;
    let store: ReadModelStore;
    let history: EventNotation[];
    let events: ReturnType<typeof storedEvents>;
    let projections: Projections;
    let reads: Reads;

    beforeEach(async () => {
      harness = await newHarness();
      store = await harness.open();
      history = [];
      events = [];
    });
    afterEach(async () => {
      await projections.stop();
      await store.close();
      await harness.destroy();
    });

    function append(...notations: EventNotation[]): bigint {
      history.push(...notations);
      events.splice(0, events.length, ...storedEvents(history));
      projections?.poke();
      return BigInt(events.length);
    }

    async function start(options: Partial<ProjectionsOptions> = {}, logId = 'log-a'): Promise<void> {
      const log = arrayLog(events, logId);
      const blob = async (): Promise<undefined> => undefined;
      projections = await createProjections({ views: [apps], log, store, blob, idleMs: 5, settleMs: 0, ...options });
      reads = createReads(store, projections);
    }

    async function restart(options: Partial<ProjectionsOptions> = {}, logId?: string): Promise<void> {
      await projections.stop();
      await start(options, logId);
    }

    async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
      while (!(await condition())) await nextTurn();
    }
    const caughtUp = (): Promise<void> =>
      until(() => projections.status().every(({ live, rebuilding }) => live && !rebuilding));
    const status = () => projections.status()[0]!;
    const nameOf = async (id: string): Promise<unknown> => (await reads.get('apps', id))?.['name'];

    it('applies what the log has and what it gets, and says when', async () => {
      append(made('1'), made('2'));
      await start();
      await caughtUp();
      const seen: bigint[] = [];
      const unsubscribe = projections.onPosition((position) => seen.push(position));
      const position = append(made('3'));
      expect(await projections.waitFor(position, 10_000)).toBe(true);
      expect(await reads.list('apps', { where: [], sort: [{ field: 'name' }], skip: 1, limit: 1 })).toMatchObject({
        docs: [{ id: '2' }],
        total: 3,
      });
      expect(await reads.list('apps', { where: [], limit: 5 })).toMatchObject({ total: 3 });
      expect(await reads.list('apps', { where: [], skip: 9, limit: 5 })).toEqual({ docs: [], total: 3 });
      expect([...(await reads.getMany('apps', ['1', '9'])).keys()]).toEqual(['1']);
      expect(await reads.count('apps', [{ field: 'name', op: 'prefix', value: 'name' }])).toBe(3);
      expect(status()).toEqual({
        name: 'apps',
        collection: 'apps_v1',
        position: 3n,
        lastAppliedAt: '2026-01-01T00:00:02.000Z',
        live: true,
      });
      expect(seen).toEqual([3n]);
      unsubscribe();
    });

    it('is live when it has started, unless that takes long', async () => {
      append(...many(20));
      await start({ settleMs: 10_000 });
      expect(status()).toMatchObject({ live: true, position: 20n });
      expect(await projections.waitFor(append(made('1')), 10_000)).toBe(true);
    });

    it('does nothing while paused, and waiting runs out', async () => {
      await start({ settleMs: 10_000 });
      await projections.pause();
      const position = append(made('1'));
      expect(await projections.waitFor(position, 30)).toBe(false);
      expect(await nameOf('1')).toBeUndefined();
      const waiting = projections.waitFor(position, 10_000, ['apps']);
      await projections.resume();
      expect(await waiting).toBe(true);
    });

    it('ends waiting when it is stopped', async () => {
      await start({ settleMs: 10_000 });
      await projections.pause();
      const waiting = projections.waitFor(append(made('1')), 10_000);
      await projections.stop();
      expect(await waiting).toBe(false);
    });

    it('builds a changed view beside the old one, which is served until then and kept once', async () => {
      append(...many(50));
      await start();
      await caughtUp();
      const served: unknown[] = [];
      await restart({ views: [capitals(2)], batchSize: 7 });
      expect(status()).toMatchObject({
        collection: 'apps_v1',
        live: false,
        rebuilding: { from: 'apps_v1', to: 'apps_v2' },
      });
      while (status().rebuilding) {
        served.push(await nameOf('n0'));
        await nextTurn();
      }
      expect(new Set(served)).toEqual(new Set(['name n0']));
      expect(await nameOf('n0')).toBe('NAME N0');
      expect(await store.collections()).toEqual(['apps_v1', 'apps_v2']);
      await projections.rebuild('apps');
      await caughtUp();
      expect(status().collection).toBe('apps_v2_r1');
      expect(await store.collections()).toEqual(['apps_v2', 'apps_v2_r1']);
    });

    it('goes back to the version before with what it has kept', async () => {
      append(made('1'));
      await start();
      await caughtUp();
      await restart({ views: [capitals(2)] });
      await caughtUp();
      const position = append(made('2'));
      await projections.waitFor(position, 10_000);
      await restart();
      await caughtUp();
      expect(status()).toMatchObject({ collection: 'apps_v1', position });
      expect([await nameOf('1'), await nameOf('2')]).toEqual(['name 1', 'name 2']);
    });

    it('follows the log with the served copy while a fresh one is built, and answers every read', async () => {
      append(...many(300));
      await start();
      await caughtUp();
      await restart({ batchSize: 1 });
      await projections.rebuild();
      const position = append(made('late'));
      expect(await projections.waitFor(position, 10_000)).toBe(true);
      expect(status().rebuilding).toMatchObject({ from: 'apps_v1', to: 'apps_v1_r1' });
      let found = true;
      while (status().rebuilding) {
        found &&= (await nameOf('late')) === 'name late' && (await nameOf('n0')) === 'name n0';
        await nextTurn();
      }
      expect(found).toBe(true);
      expect(status()).toMatchObject({ collection: 'apps_v1_r1', position });
      const expected = await fold(apps, logEvents(history));
      expect(new Map((await reads.find('apps', { where: [], limit: 999 })).map((d) => [d.id, d]))).toEqual(expected);
    });

    it('resumes a rebuild that a restart interrupted', async () => {
      append(...many(100));
      await start();
      await caughtUp();
      await restart({ batchSize: 1 });
      await projections.rebuild();
      await until(async () => ((await store.checkpoint('apps_v1_r1'))?.position ?? 0n) > 20n);
      await projections.stop();
      const reached = (await store.checkpoint('apps_v1_r1'))!.position;
      expect(reached).toBeLessThan(100n);
      const asked: bigint[] = [];
      const log = arrayLog(events);
      const readAll: typeof log.readAll = (read) => {
        asked.push(read.after);
        return log.readAll(read);
      };
      await start({ log: { ...log, readAll } });
      await caughtUp();
      expect(asked).toEqual([reached]);
      expect(status().collection).toBe('apps_v1_r1');
    });

    it.each([
      ['another log', 'log-b', [made('other')]],
      ['a log that was restored to an earlier state', 'log-a', [made('1')]],
      ['a log with another event there', 'log-a', [made('1'), made('other'), made('new')]],
    ])('builds afresh on %s', async (_, logId, restored) => {
      append(made('1'), made('2'));
      await start();
      await caughtUp();
      await projections.stop();
      history = [];
      append(...restored);
      events.splice(0, events.length, ...events.map((event, i) => (i === 1 ? { ...event, id: 'another' } : event)));
      await start({}, logId);
      expect(status()).toMatchObject({ collection: 'apps_v1', position: 0n, live: false });
      await caughtUp();
      expect(status().collection).toBe('apps_v1_r1');
      const expected = await fold(apps, logEvents(restored));
      expect((await reads.find('apps', { where: [], limit: 9 })).map(({ id }) => id)).toEqual(
        [...expected.keys()].sort(),
      );
    });

    it('reports a view that is blocked once, goes on with the others, and waits for none that is', async () => {
      let broken = true;
      const fragile: View = {
        ...capitals(1),
        name: 'fragile',
        rules: {
          'app.made.v1': {
            select: () => ({}),
            reduce: (): ReadonlyMap<string, Doc> => {
              if (broken) throw new Error('data');
              return new Map([['x', { id: 'x' }]]);
            },
          },
        },
      };
      const reports: unknown[] = [];
      await start({ views: [fragile, apps], onBlocked: (view, { position }) => reports.push([view, position]) });
      await caughtUp();
      append(made('1'));
      const position = append(made('2'));
      expect(await projections.waitFor(position, 10_000, ['apps'])).toBe(true);
      expect(await projections.waitFor(position, 10_000)).toBe(false);
      expect(status()).toMatchObject({ name: 'fragile', position: 0n, blocked: { position: 1n, eventId: 'event-1' } });
      expect(reports).toEqual([['fragile', 1n]]);
      broken = false;
      await projections.retry('fragile');
      expect(await projections.waitFor(position, 10_000)).toBe(true);
      expect(status().blocked).toBeUndefined();
    });

    it('tries again when the store fails, without holding up the other views', async () => {
      let failures = 2;
      const failing: ReadModelStore = {
        ...store,
        write: (collection, ...rest) =>
          collection === 'capitals_v1' && failures-- > 0
            ? Promise.reject(new Error('disk full'))
            : store.write(collection, ...rest),
      };
      const errors: unknown[] = [];
      append(made('1'));
      await start({
        views: [{ ...capitals(1), name: 'capitals' }, apps],
        store: failing,
        onError: (error, view) => errors.push([view, (error as Error).message]),
      });
      await until(async () => (await nameOf('1')) !== undefined);
      await caughtUp();
      expect(await reads.get('capitals', '1')).toEqual({ id: '1', name: 'NAME 1' });
      expect(errors).toEqual([
        ['capitals', 'disk full'],
        ['capitals', 'disk full'],
      ]);
    });

    it('purges tombstones once they are well behind', async () => {
      append(made('1'), ['app-1', 'app.gone.v1'], made('2'));
      await start({ purgeMs: 1 });
      await until(async () => (await store.load('apps_v1', ['1'])).length === 0 && status().position === 3n);
      expect(await store.load('apps_v1', ['2'])).toHaveLength(1);
    });

    it('refuses views that cannot be told apart, and names nobody has', async () => {
      await start();
      await expect(
        createProjections({ views: [apps, apps], log: arrayLog([]), store, blob: async () => undefined }),
      ).rejects.toThrow('two views are named apps');
      await expect(reads.get('nothing', '1')).rejects.toThrow('there is no view named nothing');
      await expect(projections.waitFor(1n, 1, ['nothing'])).rejects.toThrow('there is no view named nothing');
      await expect(projections.rebuild('nothing')).rejects.toThrow('there is no view named nothing');
    });
  });
}
