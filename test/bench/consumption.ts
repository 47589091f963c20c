/**
 * Consumption at size: `node dist/test/bench/consumption.js [--records 10000000]`. How fast batches are taken, against
 * a bare insert of the same bytes into SQLite; then ten million records over 90 days, taken in as batches are, and the time of
 * the questions that portals ask. Exits 0 whatever the figures are.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DatabaseSync } from '@photostructure/sqlite';
import { LEVEL_MS } from '#consumption/calls.js';
import { createFolder } from '#consumption/folding.js';
import { ingest, type Known } from '#consumption/ingestion.js';
import { readRecords } from '#consumption/records.js';
import type { ConsumptionStore } from '#consumption/port.js';
import { openSqliteConsumption } from '#consumption/sqlite/store.js';
import { METRICS, statistics, type Question } from '#consumption/statistics.js';
import { createTraffic } from './data/traffic.js';
import { absoluteLine, markdownTable, type Line } from './table.js';

const { values } = parseArgs({
  options: { records: { type: 'string', default: '10000000' } },
});
const RECORDS = Number(values.records);
const DAYS = 90;
const BATCH = 5_000;
const NOW = Date.UTC(2026, 5, 30, 16, 20);
const KNOWN: Known = { application: async () => 'p', version: async () => true, credential: async () => true };

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-consumption-'));
const lines: Line[] = [];
/** Milliseconds that this process has had of the processors: what a machine that does other things as well leaves unchanged. */
const processorMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

interface Rate {
  records: number;
  wallMs: number;
  processorMs: number;
}
const line = (name: string, { records, wallMs, processorMs: own }: Rate, wanted: number): Line => ({
  ...absoluteLine(name, (records / own) * 1_000, wanted, 'per processor second'),
  rate: `${Math.round((records / wallMs) * 1_000).toLocaleString('en-US')}/s by the clock`,
});

async function timed(rate: Rate, records: number, work: () => Promise<unknown>): Promise<void> {
  const [wall, own] = [performance.now(), processorMs()];
  await work();
  rate.records += records;
  rate.wallMs += performance.now() - wall;
  rate.processorMs += processorMs() - own;
}

/** Takes batches in as the service does with the body of a request. */
function taker(store: ConsumptionStore) {
  let number = 0;
  return async (body: string, now: number): Promise<void> => {
    const { records, faults } = readRecords((JSON.parse(body) as { records: unknown[] }).records);
    if (faults.length > 0) throw new Error(JSON.stringify(faults[0]));
    await ingest({ id: `${(number += 1)}`, digest: '', records }, { store, known: KNOWN, now });
  };
}

/** Batches of what happens now, summed up every five seconds as under load, and the same bytes stored bare. */
async function live(): Promise<Line[]> {
  const store = openSqliteConsumption({ file: join(folder, 'live.db') });
  const bare = new DatabaseSync(join(folder, 'bare.db'));
  bare.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE batches (id INTEGER, body TEXT)');
  const insert = bare.prepare('INSERT INTO batches VALUES (?, ?)');
  const [take, traffic] = [taker(store), createTraffic(17)];
  const taken: Rate = { records: 0, wallMs: 0, processorMs: 0 };
  const stored: Rate = { ...taken };
  let now = NOW - LEVEL_MS.hour;
  const fold = createFolder({ store, by: 'bench', now: () => now });
  for (let second = 0; second < 30; second += 1) {
    now += 1_000;
    const bodies = Array.from({ length: 4 }, () => JSON.stringify({ records: traffic.batch(BATCH, now, 5_000) }));
    await timed(taken, 4 * BATCH, async () => {
      for (const body of bodies) await take(body, now);
      if (second % 5 === 4) while ((await fold()) > 0);
    });
    await timed(stored, 4 * BATCH, async () => {
      for (const body of bodies) insert.run((JSON.parse(body) as { records: unknown[] }).records.length, body);
    });
  }
  await store.close();
  bare.close();
  return [
    line('live: taken in and summed up every five seconds', taken, 20_000),
    line('the same bytes, parsed and inserted bare', stored, 0),
  ];
}

/** Takes batches in day by day, as if each day were today: each batch tells of another hour, the worst that can be. */
async function load(): Promise<Line> {
  const store = openSqliteConsumption({ file: join(folder, 'consumption.db') });
  const [take, traffic] = [taker(store), createTraffic(17)];
  const rate: Rate = { records: 0, wallMs: 0, processorMs: 0 };
  let today = NOW;
  const fold = createFolder({ store, by: 'bench', now: () => today });
  let said = performance.now();
  for (let day = DAYS - 1; day >= 0; day -= 1) {
    today = NOW - day * LEVEL_MS.day;
    for (let left = Math.round(RECORDS / DAYS); left > 0; left -= BATCH) {
      const records = traffic.batch(
        Math.min(BATCH, left),
        today - Math.floor((left / RECORDS) * DAYS * 22) * LEVEL_MS.hour,
        60_000,
      );
      await timed(rate, records.length, () => take(JSON.stringify({ records }), today));
    }
    await timed(rate, 0, async () => {
      while ((await fold()) > 0);
      const before = {
        ...{ minute: today - 49 * LEVEL_MS.hour, hour: today - 93 * LEVEL_MS.day },
        ...{ day: 0, segment: today - 3 * LEVEL_MS.day },
      };
      while ((await store.prune(before, 2_000)) >= 2_000);
    });
    if (performance.now() - said > 10_000) {
      said = performance.now();
      process.stderr.write(`${rate.records.toLocaleString('en-US')} records\n`);
    }
  }
  await store.close();
  const size = (statSync(join(folder, 'consumption.db')).size / 2 ** 20).toFixed(0);
  return line(`${RECORDS.toLocaleString('en-US')} records of ${DAYS} days, ${size} MB on disk`, rate, 0);
}

async function questions(): Promise<Line[]> {
  const store = openSqliteConsumption({ file: join(folder, 'consumption.db') });
  const traffic = createTraffic(17);
  const resolution = { minutesFrom: NOW - 48 * LEVEL_MS.hour, hoursFrom: NOW - 92 * LEVEL_MS.day };
  const day = (offset: number) => {
    const end = NOW - (NOW % LEVEL_MS.day) + offset;
    return { start: end - DAYS * LEVEL_MS.day, end, granularity: LEVEL_MS.day };
  };
  const base: Question = { metric: 'REQUEST_COUNT', dimensions: [], window: day(0), filters: [] };
  const asked: readonly [string, (i: number) => Question][] = [
    [
      '90 days, one developer, calls by day and version',
      (i) => ({ ...base, applications: traffic.developer(i), dimensions: ['API_PRODUCT_VERSION'] }),
    ],
    [
      '90 days, one developer, latency p99 by day and version',
      (i) => ({
        ...base,
        metric: 'RESPONSE_LATENCY_P99',
        applications: traffic.developer(i),
        dimensions: ['API_PRODUCT_VERSION'],
      }),
    ],
    [
      'the same in a time zone of whole hours',
      (i) => ({
        ...base,
        window: day(-LEVEL_MS.hour),
        metric: 'RESPONSE_LATENCY_P99',
        applications: traffic.developer(i),
        dimensions: ['API_PRODUCT_VERSION'],
      }),
    ],
    [
      '90 days, the busiest application, each metric in turn',
      (i) => ({
        ...base,
        metric: [...METRICS.keys()][i % METRICS.size]!,
        applications: [traffic.applications[0]!],
        window: { start: NOW - DAYS * LEVEL_MS.day, end: NOW },
      }),
    ],
    [
      '24 hours by five minutes, one developer',
      (i) => ({
        ...base,
        applications: traffic.developer(i),
        window: { start: NOW - LEVEL_MS.day, end: NOW, granularity: 300_000 },
      }),
    ],
    ['90 days, all applications together, latency p99 by day', () => ({ ...base, metric: 'RESPONSE_LATENCY_P99' })],
    [
      '90 days, calls of each application',
      () => ({ ...base, dimensions: ['APPLICATION'], window: { start: day(0).start, end: day(0).end } }),
    ],
  ];
  const result: Line[] = [];
  for (const [name, question] of asked) {
    const [clock, own]: [number[], number[]] = [[], []];
    for (let i = 0; i < 200; i += 1) {
      const rate: Rate = { records: 0, wallMs: 0, processorMs: 0 };
      await timed(rate, 0, () => statistics(store, question(i), resolution));
      clock.push(rate.wallMs);
      own.push(rate.processorMs);
    }
    const [p50, p99, most] = [100, 198, 199].map((at) => [...clock].sort((a, b) => a - b)[at]!.toFixed(1));
    const ownP99 = [...own].sort((a, b) => a - b)[198]!;
    const one = absoluteLine(`${name}: p99 of processor time`, ownP99, 100, 'ms', true);
    result.push({ ...one, latency: `${p50} / ${p99} / ${most} by the clock` });
  }
  await store.close();
  return result;
}

try {
  lines.push(...(await live()));
  lines.push(await load());
  lines.push(...(await questions()));
  console.log(markdownTable(lines));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
