import { LEVEL_MS, type CellKey } from './calls.js';
import { createFolder } from './folding.js';
import { ingest, REMEMBERED_MS, type Known } from './ingestion.js';
import type { ConsumptionStore, ScannedCell } from './port.js';
import { createQuantiles } from './sketch.js';
import { call, cutOff, NOW, segmentOf, type ConsumptionUnderTest } from './testing.js';

const { day: DAY, hour: HOUR, minute: MINUTE } = LEVEL_MS;
const ALL: Known = { application: async () => 'home', version: async () => true, credential: async () => true };

/** For engines on which thousands of cells take minutes: still more than one slice of a fold. */
export const FEW_CELLS = { versions: 45, many: 300 };

/** What every store of consumption must do. `make` gives a fresh, empty one each time. */
export function consumptionContract(
  name: string,
  make: () => Promise<ConsumptionUnderTest>,
  { versions, many } = { versions: 150, many: 4_500 },
): void {
  describe(`consumption contract: ${name}`, () => {
    let subject: ConsumptionUnderTest;
    let store: ConsumptionStore;
    beforeEach(async () => {
      subject = await make();
      store = await subject.open();
    });
    afterEach(async () => {
      await store.close();
      await subject.destroy();
    });
    const reopen = async () => {
      await store.close();
      store = await subject.open();
    };
    const foldAs = (by: string, over: ConsumptionStore = store, now = NOW) =>
      createFolder({ store: over, by, now: () => now })();
    async function cellsOf(applications: readonly string[] | 'each' | 'all', level: CellKey['level'] = 'day') {
      const cells: ScannedCell[] = [];
      const spans = [{ level, from: 0, to: NOW + 10 * DAY - (NOW % DAY) }];
      for await (const piece of store.scan({ spans, applications, measure: 'latency' })) cells.push(...piece);
      return cells;
    }
    const callsOf = async (...of: Parameters<typeof cellsOf>) =>
      (await cellsOf(...of)).reduce((sum, { calls }) => sum + calls, 0);

    it('sums calls up by minute, hour and day, of each application and of all', async () => {
      const calls = [call(), call({ time: NOW - 5 * MINUTE }), call({ time: NOW - 2 * HOUR, status: 500 })];
      await store.add(segmentOf('s', [...calls, call({ application: 'b' })]));
      expect(await foldAs('x')).toBe(1);
      expect((await cellsOf(['a'], 'minute')).map(({ calls: n }) => n)).toEqual([1, 1, 1]);
      const byTime = (cells: readonly ScannedCell[]) =>
        cells.map(({ start, status, calls: n }) => [start, status, n]).sort(([a], [b]) => a! - b!);
      expect(byTime(await cellsOf(['a'], 'hour'))).toEqual([
        [NOW - 30 * MINUTE - 2 * HOUR, 500, 1],
        [NOW - 30 * MINUTE, 200, 2],
      ]);
      expect(await callsOf(['a', 'b', 'c'])).toBe(4);
      expect(await callsOf('each')).toBe(4);
      expect((await cellsOf('all')).map(({ status, calls: n }) => [status, n]).sort()).toEqual([
        [200, 3],
        [500, 1],
      ]);
    });

    it('merges sketches, also over a restart', async () => {
      for (let part = 0; part < 4; part += 1) {
        const calls = Array.from({ length: 250 }, (_, i) => call({ latency: 4 * i + part + 1 }));
        await store.add(segmentOf(`s${part}`, calls));
        await foldAs('x');
        if (part === 1) await reopen();
      }
      const quantiles = createQuantiles();
      for (const { sketch } of await cellsOf('all')) quantiles.add(sketch!);
      expect(Math.abs(quantiles.at(0.99)! - 990)).toBeLessThan(9.9);
      expect(Math.abs(quantiles.at(0.5)! - 500)).toBeLessThan(5);
    });

    it('stores a segment once, and gives back the one that was there', async () => {
      const first = { ...segmentOf('s', [call()]), digest: 'first', answer: '{"accepted":1}' };
      expect(await store.add(first)).toBeUndefined();
      const second = { ...segmentOf('s', [call(), call()]), digest: 'second' };
      expect(await store.add(second)).toEqual({ digest: 'first', answer: '{"accepted":1}' });
      await foldAs('x');
      expect(await store.add(second)).toEqual({ digest: 'first', answer: '{"accepted":1}' });
      await reopen();
      expect(await store.add(second)).toEqual({ digest: 'first', answer: '{"accepted":1}' });
      expect(await foldAs('x')).toBe(0);
      expect(await callsOf('all')).toBe(1);
    });

    it('takes a batch once that is sent ten times at the same time', async () => {
      const batch = { id: 'b', digest: 'd', records: [call({ latency: 3 })] };
      const needs = { store, known: ALL, now: NOW };
      const received = await Promise.all(Array.from({ length: 10 }, () => ingest(batch, needs)));
      expect(received.map(({ outcome }) => outcome).sort()).toEqual([...Array<string>(9).fill('repeated'), 'stored']);
      expect(await ingest({ ...batch, digest: 'e' }, needs)).toEqual({ outcome: 'reused' });
      await foldAs('x');
      expect(await callsOf('all')).toBe(1);
    });

    it('folds each segment once, wherever a fold is cut off', async () => {
      const calls = (n: number) =>
        Array.from({ length: versions }, (_, i) => call({ version: `v${i}`, latency: i + n }));
      const expected = { each: 0 };
      // each step of a fold in turn does not come about; then somebody else goes on
      for (let steps = 0, cut = true; cut; steps += 1) {
        const { over, wasCut } = cutOff(store, steps);
        await store.add(segmentOf(`s${steps}`, calls(steps)));
        expected.each += versions;
        await foldAs(`x${steps}`, over).catch(() => undefined);
        cut = wasCut();
        while ((await foldAs('heir', store, NOW + 60_000)) > 0);
        expect(await callsOf('each')).toBe(expected.each);
        expect(await callsOf('all', 'minute')).toBe(expected.each);
        expect((await store.fold()).open).toBeUndefined();
      }
      expect(expected.each).toBeGreaterThan(5 * versions);
    });

    it('counts each segment once while several fold at the same time, impatiently', async () => {
      for (let round = 0; round < 5; round += 1) {
        await store.add(
          segmentOf(
            `s${round}`,
            Array.from({ length: versions }, (_, i) => call({ version: `v${i}` })),
          ),
        );
        const folders = ['x', 'y', 'z'].map((by, i) => foldAs(by, store, NOW + i * 60_000));
        await Promise.all(folders);
      }
      while ((await foldAs('x', store, NOW + 3_600_000)) > 0);
      expect(await callsOf('each')).toBe(5 * versions);
      expect(await callsOf('all')).toBe(5 * versions);
    });

    it('remembers cells from fold to fold, unless another process has changed them since', async () => {
      const [x, y] = ['x', 'y'].map((by) => createFolder({ store, by, now: () => NOW }));
      const turns = [x, x, x, y, x, y, y, x, x];
      for (const [i, folder] of turns.entries()) {
        await store.add(segmentOf(`s${i}`, [call({ latency: i }), call({ version: `v${i % 2}` })]));
        expect(await folder!()).toBe(1);
      }
      expect(await callsOf('all')).toBe(18);
      expect(await callsOf(['a'], 'minute')).toBe(18);
    });

    it('leaves a fold to whoever began it, for a while', async () => {
      await store.add(segmentOf('s', [call()]));
      expect(await store.beginFold(0, { segments: ['s'], by: 'x', at: NOW })).toBe(true);
      expect(await store.beginFold(0, { segments: ['s'], by: 'y', at: NOW })).toBe(false);
      expect(await store.beginFold(1, { segments: ['s'], by: 'y', at: NOW })).toBe(false);
      expect(await foldAs('y', store, NOW + 1_000)).toBe(0);
      expect(await callsOf('all')).toBe(0);
      expect(await foldAs('y', store, NOW + 11_000)).toBe(1);
      expect(await callsOf('all')).toBe(1);
    });

    it('writes only cells that are as they were found', async () => {
      const empty = new Uint8Array();
      const key = { level: 'day', start: 0, application: 'a', version: 'v', status: 200 } as const;
      const put = (calls: number, fold: number, before: number | undefined) =>
        store.writeCells([{ ...key, calls, latency: empty, requestSize: empty, responseSize: empty, fold, before }]);
      await put(1, 1, 7);
      expect(await store.loadCells([key])).toEqual([]);
      await put(1, 1, undefined);
      await put(2, 2, undefined);
      await put(3, 3, 2);
      expect(await store.loadCells([key])).toMatchObject([{ ...key, calls: 1, fold: 1 }]);
      await put(4, 4, 1);
      expect(await store.loadCells([key])).toMatchObject([{ calls: 4, fold: 4 }]);
    });

    it('may add calls up over a span, if nobody asks when they were made', async () => {
      const calls = [
        call(),
        call({ time: NOW - DAY }),
        call({ time: NOW - 2 * DAY, status: 500 }),
        call({ application: 'b' }),
      ];
      await store.add(segmentOf('s', calls));
      await foldAs('x');
      const sums = new Map<string, number>();
      const spans = [{ level: 'day', from: NOW - (NOW % DAY) - DAY, to: NOW - (NOW % DAY) + DAY } as const];
      for await (const piece of store.scan({ spans, applications: 'each', anyTime: true })) {
        for (const { application, status, calls: n } of piece) {
          const key = `${application} ${status}`;
          sums.set(key, (sums.get(key) ?? 0) + n);
        }
      }
      expect(Object.fromEntries(sums)).toEqual({ 'a 200': 2, 'b 200': 1 });
    });

    it('remembers the last day of each use, whatever the order', async () => {
      await store.add(segmentOf('s', [call({ credential: 'k' }), call({ time: NOW - DAY, credential: 'old' })]));
      await foldAs('x');
      await store.add(segmentOf('late', [call({ time: NOW - DAY, credential: 'k' }), call({ application: 'b' })]));
      await foldAs('x');
      const uses = await store.usesOf(['a', 'none']);
      const use = (kind: string, id: string, day: string) => ({ application: 'a', kind, id, day });
      expect([...uses].sort((x, y) => (x.id < y.id ? -1 : 1))).toEqual([
        use('credential', 'k', '2026-06-15'),
        use('credential', 'old', '2026-06-14'),
        use('access', 'v', '2026-06-15'),
      ]);
    });

    it('reads many cells in pieces, none twice', async () => {
      const calls = Array.from({ length: many }, (_, i) => call({ time: NOW - (i % 30) * MINUTE, version: `v${i}` }));
      await store.add(segmentOf('s', calls));
      while ((await foldAs('x')) > 0);
      let largest = 0;
      const seen = new Set<string>();
      const spans = [{ level: 'minute', from: NOW - HOUR, to: NOW + MINUTE } as const];
      for await (const piece of store.scan({ spans, applications: ['a'] })) {
        largest = Math.max(largest, piece.length);
        piece.forEach(({ version, sketch }) => {
          expect(sketch).toBeUndefined();
          seen.add(version);
        });
      }
      expect(seen.size).toBe(many);
      expect(largest).toBeLessThanOrEqual(2_000);
    });

    it('is moved in portions: nothing is lost, a repeat changes nothing, and it goes on where it was', async () => {
      const applications = Array.from({ length: 60 }, (_, n) => `a${String(n).padStart(3, '0')}`);
      const calls = applications.map((application) => call({ application, credential: `key-of-${application}` }));
      await store.add(segmentOf('folded', calls));
      await foldAs('x');
      const waiting = [call({ application: 'a000', time: NOW + MINUTE })];
      await store.add(segmentOf('waiting', waiting));
      const target = await make();
      const moved = await target.open();
      try {
        for (let repeat = 0; repeat < 2; repeat++) {
          let next: string | undefined;
          do {
            const { next: following, ...portion } = await store.portion(next);
            await moved.putPortion(portion);
            next = following;
          } while (next !== undefined);
        }
        const parts = async (of: ConsumptionStore) => {
          const found = [];
          let next: string | undefined;
          do {
            const portion = await of.portion(next);
            found.push(...portion.segments, ...portion.cells, ...portion.uses, portion.fold);
            next = portion.next;
          } while (next !== undefined);
          const texts = found.map((part) => JSON.stringify(part && Object.entries(part).sort()));
          return texts.sort();
        };
        expect(await parts(moved)).toEqual(await parts(store));
        expect((await moved.usesOf(['a001'])).length).toBeGreaterThan(0);
        expect(await moved.add({ ...segmentOf('folded', calls), digest: 'another' })).toMatchObject({
          digest: 'folded',
        });
        expect(await foldAs('y', moved)).toBe(1);
        const of = store;
        store = moved;
        expect(await callsOf('all')).toBe(61);
        store = of;
        expect(await callsOf('all')).toBe(60);
      } finally {
        await moved.close();
        await target.destroy();
      }
    });

    it('forgets what is older than it is to be kept, a part at a time, but nothing that waits', async () => {
      const old = NOW - 100 * DAY;
      await store.add(segmentOf('old', [call({ time: old }), call({ time: NOW })], NOW - REMEMBERED_MS - 1));
      await foldAs('x');
      await store.add(segmentOf('waiting', [call({ time: NOW })], NOW - REMEMBERED_MS - 1));
      const before = {
        minute: NOW - 2 * DAY,
        hour: NOW - 90 * DAY,
        day: NOW - 400 * DAY,
        segment: NOW - REMEMBERED_MS,
      };
      let deleted = 0;
      for (let some = 1; some > 0; deleted += some) {
        some = await store.prune(before, 1);
        expect(some).toBeLessThanOrEqual(4);
      }
      // the old minute and hour, each of the application and of all, and the segment
      expect(deleted).toBe(5);
      expect(await callsOf('all', 'minute')).toBe(1);
      expect(await callsOf('all', 'day')).toBe(2);
      expect(await foldAs('x')).toBe(1);
      expect(await callsOf('all', 'day')).toBe(3);
    });
  });
}
