import fc from 'fast-check';
import { LEVEL_MS } from './calls.js';
import { bucketsOf, type Resolution } from './spans.js';

const { minute: MINUTE, hour: HOUR, day: DAY } = LEVEL_MS;
const EVERYTHING: Resolution = { minutesFrom: 0, hoursFrom: 0 };
const T = Date.UTC(2026, 0, 10);

describe('the cells of a window', () => {
  it('are the largest that fit', () => {
    const { spans } = bucketsOf({ start: T - 61 * MINUTE, end: T + 2 * DAY + 90 * MINUTE }, EVERYTHING);
    expect(spans.map(({ level, from, to }) => [level, (to - from) / LEVEL_MS[level]])).toEqual([
      ['minute', 1],
      ['hour', 1],
      ['day', 2],
      ['hour', 1],
      ['minute', 30],
    ]);
  });

  it('do not cross a bucket', () => {
    const aligned = bucketsOf({ start: T, end: T + 90 * DAY, granularity: DAY }, EVERYTHING);
    expect(aligned.spans).toEqual([{ level: 'day', from: T, to: T + 90 * DAY }]);
    const local = bucketsOf({ start: T - HOUR, end: T + 5 * DAY - HOUR, granularity: DAY }, EVERYTHING);
    expect(local.spans).toEqual([{ level: 'hour', from: T - HOUR, to: T + 5 * DAY - HOUR }]);
  });

  it('include the minute in which the window ends, not one that only begins there', () => {
    expect(bucketsOf({ start: T, end: T + 90_000 }, EVERYTHING).spans).toEqual([
      { level: 'minute', from: T, to: T + 2 * MINUTE },
    ]);
    const hours = bucketsOf({ start: T, end: T + 2 * HOUR, granularity: HOUR }, EVERYTHING);
    expect(hours.spans).toEqual([{ level: 'hour', from: T, to: T + 2 * HOUR }]);
    expect(bucketsOf({ start: T, end: T }, EVERYTHING).spans).toEqual([{ level: 'minute', from: T, to: T + MINUTE }]);
  });

  it('are coarser where no finer ones are kept', () => {
    const window = { start: T - 2 * DAY + 5 * HOUR + MINUTE, end: T + 3 * HOUR + 30 * MINUTE };
    const { spans } = bucketsOf(window, { minutesFrom: T, hoursFrom: T - DAY });
    expect(spans).toEqual([
      { level: 'day', from: T - 2 * DAY, to: T },
      { level: 'hour', from: T, to: T + 3 * HOUR },
      { level: 'minute', from: T + 3 * HOUR, to: T + 3 * HOUR + 30 * MINUTE },
    ]);
  });

  it('cover every window once, without a gap, and each lies in the bucket that says so', () => {
    const windows = fc.record({
      start: fc.integer({ min: T, max: T + 3 * DAY }),
      length: fc.integer({ min: 0, max: 6 * DAY }),
      granularity: fc.option(fc.constantFrom(MINUTE, 5 * MINUTE, HOUR, 7 * HOUR, DAY, 2 * DAY), { nil: undefined }),
      minutesFrom: fc.integer({ min: 0, max: 9 }).map((days) => T + days * DAY),
      hours: fc.integer({ min: 0, max: 4 }),
    });
    fc.assert(
      fc.property(windows, ({ start, length, granularity, minutesFrom, hours }) => {
        const end = start + length;
        const resolution = { minutesFrom, hoursFrom: minutesFrom - hours * DAY };
        const buckets = bucketsOf({ start, end, granularity }, resolution);
        let at = buckets.spans[0]!.from;
        expect(at).toBeLessThanOrEqual(start);
        for (const { level, from, to } of buckets.spans) {
          expect(from).toBe(at);
          expect([from % LEVEL_MS[level], to % LEVEL_MS[level]]).toEqual([0, 0]);
          expect(to).toBeGreaterThan(from);
          if (level === 'minute') expect(from).toBeGreaterThanOrEqual(resolution.minutesFrom);
          at = to;
        }
        expect(at).toBeGreaterThanOrEqual(end);
        for (const { level, from } of buckets.spans) {
          const index = buckets.indexOf(from);
          expect(buckets.startOf(index)).toBeLessThan(Math.max(end, start + 1) + LEVEL_MS[level]);
          expect(buckets.startOf(index) - LEVEL_MS.day).toBeLessThan(from);
        }
      }),
    );
  });
});
