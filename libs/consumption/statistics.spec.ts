import { ALL_APPLICATIONS } from './calls.js';
import type { Scan, ScannedCell } from './port.js';

import { addValue, encodeBins, type Bins } from './sketch.js';
import { METRICS, MOST_ROWS, statistics, type Question } from './statistics.js';

const HOUR = 3_600_000;
const T = Date.UTC(2026, 5, 15);
const sketch = (values: readonly number[]): Uint8Array => {
  const bins: Bins = new Map();
  values.forEach((value) => addValue(bins, value));
  return encodeBins(bins);
};
const cell = (values: Partial<ScannedCell> = {}): ScannedCell => ({
  ...{ start: T, application: 'a', version: 'v', status: 200, calls: 1, sketch: sketch([10]) },
  ...values,
});

function ask(cells: readonly ScannedCell[], question: Partial<Question>) {
  const scans: Scan[] = [];
  const store = {
    async *scan(scan: Scan) {
      scans.push(scan);
      yield cells;
    },
  };
  const standard = { metric: 'REQUEST_COUNT', dimensions: [], window: { start: T, end: T + 2 * HOUR }, filters: [] };
  const answer = statistics(store, { ...standard, ...question }, { minutesFrom: 0, hoursFrom: 0 });
  return answer.then((told) => ({ ...told, scan: scans[0]!, measures: scans.map(({ measure }) => measure) }));
}

describe('statistics', () => {
  it('know every metric of the document with their units', () => {
    expect(METRICS.size).toBe(11);
    expect(new Set([...METRICS.values()].map(({ unit }) => unit))).toEqual(
      new Set(['count', 'count/minute', 'ms', 'bytes']),
    );
  });

  it('count, by bucket and by group of statuses', async () => {
    const cells = [cell(), cell({ status: 204, calls: 2 }), cell({ status: 503 }), cell({ start: T + HOUR, calls: 5 })];
    const { rows, values } = await ask(cells, {
      dimensions: ['STATUS_CODE_GROUPED'],
      window: { start: T, end: T + 2 * HOUR, granularity: HOUR },
    });
    expect(rows).toEqual([
      { start: T, values: ['2XX'], figure: 3 },
      { start: T, values: ['5XX'], figure: 1 },
      { start: T + HOUR, values: ['2XX'], figure: 5 },
    ]);
    expect(values).toEqual([['2XX', '5XX']]);
  });

  it('count by the minute, over what of the bucket lies in the window', async () => {
    const window = { start: T, end: T + 1.5 * HOUR, granularity: HOUR };
    const cells = [cell({ calls: 120 }), cell({ start: T + HOUR, calls: 120 })];
    const { rows } = await ask(cells, { metric: 'REQUEST_PER_MINUTE', window });
    expect(rows.map(({ figure }) => figure)).toEqual([2, 4]);
  });

  it('read quantiles from the merged sketches, and leave out what nobody measured', async () => {
    const values = Array.from({ length: 1000 }, (_, i) => i + 1);
    const cells = [cell({ sketch: sketch(values.slice(0, 500)) }), cell({ sketch: sketch(values.slice(500)) })];
    const unmeasured = cell({ version: 'w', sketch: new Uint8Array() });
    const { rows, measures } = await ask([...cells, unmeasured], {
      metric: 'RESPONSE_LATENCY_P95',
      dimensions: ['API_PRODUCT_VERSION'],
    });
    expect(measures).toEqual([undefined, 'latency']);
    expect(rows).toHaveLength(1);
    expect(Math.abs(rows[0]!.figure - 950)).toBeLessThan(9.5);
  });

  it.each<[Partial<Question>, Scan['applications']]>([
    [{}, 'all'],
    [{ dimensions: ['APPLICATION'] }, 'each'],
    [{ applications: ['a', 'b'] }, ['a', 'b']],
    [{ filters: [{ dimension: 'APPLICATION', type: 'IN', values: ['b', 'c'] }] }, ['b', 'c']],
    [{ applications: ['a'], filters: [{ dimension: 'APPLICATION', type: 'IN', values: ['b'] }] }, []],
    [{ applications: ['a', 'b'], filters: [{ dimension: 'APPLICATION', type: 'IN', values: ['b', 'c'] }] }, ['b']],
    [{ applications: ['a'], filters: [{ dimension: 'APPLICATION', type: 'NOT_IN', values: ['a'] }] }, ['a']],
    [{ filters: [{ dimension: 'APPLICATION', type: 'NOT_IN', values: ['a'] }] }, 'each'],
  ])('read only the applications that they may and need: %j', async (question, applications) => {
    expect((await ask([], question)).scan.applications).toEqual(applications);
  });

  it('filter what they read', async () => {
    const cells = [
      cell(),
      cell({ status: 404, calls: 2 }),
      cell({ version: 'w', calls: 4 }),
      cell({ status: 503, calls: 8 }),
    ];
    const count = async (filters: Question['filters']) => (await ask(cells, { filters })).rows[0]?.figure;
    expect(await count([{ dimension: 'STATUS_CODE', type: 'IN', values: [404, 503] }])).toBe(10);
    expect(await count([{ dimension: 'STATUS_CODE_GROUPED', type: 'NOT_IN', values: ['2XX'] }])).toBe(10);
    expect(await count([{ dimension: 'API_PRODUCT_VERSION', type: 'IN', values: ['w'] }])).toBe(4);
    expect(await count([{ dimension: 'APPLICATION', type: 'NOT_IN', values: ['a'] }])).toBeUndefined();
  });

  it('show the fifty values with the most calls, and say so', async () => {
    const cells = Array.from({ length: 51 }, (_, i) => cell({ application: `a${i}`, calls: i + 1 }));
    const { rows, values, truncated } = await ask(cells, { dimensions: ['APPLICATION'] });
    expect([rows.length, values[0]!.length, truncated]).toEqual([50, 50, true]);
    expect(values[0]).not.toContain('a0');
    expect((await ask(cells.slice(1), { dimensions: ['APPLICATION'] })).truncated).toBe(false);
    expect(values[0]).not.toContain(ALL_APPLICATIONS);
  });

  it('choose what is shown before a sketch is read, and show no more rows than they may', async () => {
    const minutes = Array.from({ length: 300 }, (_, i) => T + i * 60_000);
    const cells = minutes.flatMap((start, minute) =>
      Array.from({ length: 40 }, (_, i) => cell({ start, application: `a${i}`, calls: minute + 1 })),
    );
    const answer = await ask(cells, {
      metric: 'RESPONSE_LATENCY_P99',
      dimensions: ['APPLICATION'],
      window: { start: T, end: T + 5 * HOUR, granularity: 60_000 },
    });
    expect(answer.scan.measure).toBeUndefined();
    expect([answer.rows.length, answer.truncated]).toEqual([MOST_ROWS, true]);
    // the least called minutes are left out
    expect(answer.rows[0]!.start).toBe(T + 50 * 60_000);
  });
});
