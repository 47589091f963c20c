import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Call } from './calls.js';
import { createConsumption, type Consumption } from './consumption.js';
import { ConsumptionUnavailable, type ConsumptionStore } from './port.js';
import { openSqliteConsumption } from './sqlite/store.js';
import type { Question } from './statistics.js';

const NOW = Date.UTC(2026, 5, 15, 12);
const CALL: Call = { application: 'a', version: 'v', status: 200, time: NOW };
const question: Question = {
  ...{ metric: 'REQUEST_COUNT', dimensions: [], filters: [], applications: ['a'] },
  window: { start: NOW - 60_000, end: NOW + 1 },
};

let folder: string;
let store: ConsumptionStore;
let errors: unknown[];
let lost: number;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consumption-'));
  store = openSqliteConsumption({ file: join(folder, 'consumption.db') });
  [errors, lost] = [[], 0];
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

const start = (over = store): Consumption =>
  createConsumption({
    store: over,
    known: { application: async () => 'p', version: async () => true, credential: async () => true },
    now: () => NOW,
    onError: (error) => errors.push(error),
    onLost: () => void (lost += 1),
  });
const countedBy = async (consumption: Consumption) => (await consumption.query(question)).rows[0]?.figure ?? 0;

it('stores what was counted when it stops, for the next process to show', async () => {
  const first = start();
  for (let i = 0; i < 3; i += 1) first.count(CALL);
  await first.stop();
  const second = start();
  expect(await countedBy(second)).toBe(3);
  await second.stop();
  expect(errors).toEqual([]);
});

it('counts once what was stored although the store said that it was not', async () => {
  let answers = 0;
  const doubtful: ConsumptionStore = {
    ...store,
    async add(segment) {
      const before = await store.add(segment);
      if ((answers += 1) <= 2) throw new ConsumptionUnavailable('gone before the answer');
      return before;
    },
  };
  const consumption = start(doubtful);
  consumption.count(CALL);
  await expect(consumption.settle()).rejects.toThrow(ConsumptionUnavailable);
  consumption.count(CALL);
  await expect(consumption.settle()).rejects.toThrow(ConsumptionUnavailable);
  await consumption.settle();
  await consumption.settle();
  expect(await countedBy(consumption)).toBe(2);
  await consumption.stop();
});

it('says so when more is counted than can be kept while the store is away', async () => {
  const away: ConsumptionStore = { ...store, add: () => Promise.reject(new ConsumptionUnavailable('away')) };
  const consumption = start(away);
  for (let i = 0; i < 50_001; i += 1) consumption.count({ ...CALL, version: `v${i}` });
  expect(lost).toBeGreaterThan(0);
  await consumption.stop();
  expect(errors).toEqual([expect.any(ConsumptionUnavailable)]);
});

it('notes uses without counting calls', async () => {
  const consumption = start();
  consumption.used({ ...CALL, credential: 'k' });
  await consumption.settle();
  expect(await countedBy(consumption)).toBe(0);
  expect((await consumption.usesOf(['a'])).map(({ kind, id, day }) => [kind, id, day]).sort()).toEqual([
    ['access', 'v', '2026-06-15'],
    ['credential', 'k', '2026-06-15'],
  ]);
  await consumption.stop();
});
