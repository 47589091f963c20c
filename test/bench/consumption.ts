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
import { foldOnce } from '#consumption/folding.js';
import { ingest, type Known } from '#consumption/ingestion.js';
import { readRecords } from '#consumption/records.js';
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
try {
  const rate = await load();
  lines.push(absoluteLine('records taken in and summed up', rate.rate, 20_000, 'a second'));
  lines.push(absoluteLine('the same bytes, parsed and inserted bare', rate.bare, 0, 'a second'));
  lines.push(...(await questions()));
  console.log(markdownTable(lines));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Takes batches in day by day, as if each day were today. */
async function load(): Promise<{ rate: number; bare: number }> {
  const store = openSqliteConsumption({ file: join(folder, 'consumption.db') });
  const bare = new DatabaseSync(join(folder, 'bare.db'));
  bare.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE batches (id TEXT PRIMARY KEY, body TEXT)',
  );
  const insert = bare.prepare('INSERT INTO batches VALUES (?, ?)');
  const traffic = createTraffic(17);
  let [spent, bareSpent, done, said] = [0, 0, 0, performance.now()];
  for (let day = DAYS - 1; day >= 0; day -= 1) {
    const today = NOW - day * LEVEL_MS.day;
    for (let left = Math.round(RECORDS / DAYS); left > 0; left -= BATCH) {
      const body = JSON.stringify({ records: traffic.batch(Math.min(BATCH, left), today) });
      const started = performance.now();
      const { records } = readRecords((JSON.parse(body) as { records: unknown[] }).records);
      await ingest({ id: `${done}`, digest: '', records }, { store, known: KNOWN, now: today });
      while ((await foldOnce({ store, by: 'bench', now: () => today })) > 0);
      const between = performance.now();
      JSON.parse(body);
      insert.run(`${done}`, body);
      spent += between - started;
      bareSpent += performance.now() - between;
      done += records.length;
    }
    bare.exec('DELETE FROM batches');
    const before = {
      minute: today - 49 * LEVEL_MS.hour,
      hour: today - 93 * LEVEL_MS.day,
      day: 0,
      segment: today - 3 * LEVEL_MS.day,
    };
    while ((await store.prune(before, 2_000)) >= 2_000);
    if (performance.now() - said > 10_000) {
      said = performance.now();
      process.stderr.write(`${done.toLocaleString('en-US')} records, ${Math.round(done / (spent / 1000))} a second\n`);
    }
  }
  await store.close();
  bare.close();
  process.stderr.write(`${(statSync(join(folder, 'consumption.db')).size / 2 ** 20).toFixed(0)} MB on disk\n`);
  return { rate: done / (spent / 1000), bare: done / (bareSpent / 1000) };
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
    const times: number[] = [];
    for (let i = 0; i < 200; i += 1) {
      const started = performance.now();
      await statistics(store, question(i), resolution);
      times.push(performance.now() - started);
    }
    times.sort((a, b) => a - b);
    const p99 = times[Math.floor(times.length * 0.99)]!;
    const line = absoluteLine(`${name}: p99`, p99, 100, 'ms', true);
    result.push({ ...line, latency: [times[100]!.toFixed(1), p99.toFixed(1), times.at(-1)!.toFixed(1)].join(' / ') });
  }
  await store.close();
  return result;
}
