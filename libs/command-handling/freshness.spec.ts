import { jest } from '@jest/globals';
import { watchFreshness, type Freshness } from './freshness.js';
import { StoreUnavailable } from '#event-store/port.js';

describe('what is kept in memory of a log that others write, too', () => {
  let head: () => Promise<bigint>;
  let seen: bigint;
  let freshness: Freshness;
  const standing = () => ({ position: seen, head: seen, live: true, resubscribed: 0 });
  const pass = (milliseconds: number) => jest.advanceTimersByTimeAsync(milliseconds);
  const down = () => Promise.reject(new StoreUnavailable('down'));

  beforeEach(() => {
    jest.useFakeTimers();
    seen = 10n;
    head = () => Promise.resolve(10n);
    freshness = watchFreshness({ head: () => head(), standing }, { boundMs: 2_000 });
  });
  afterEach(() => {
    freshness.close();
    jest.useRealTimers();
  });

  it('is not trusted before the log was asked for its head, and then for the bound', async () => {
    const young = watchFreshness({ head: () => head(), standing });
    expect(young.trust()).toBe('behind');
    young.close();
    await pass(0);
    expect(freshness.trust()).toBe('fresh');
    head = down;
    await pass(2_000);
    expect(freshness.trust()).toBe('fresh');
    await pass(1);
    expect(freshness.trust()).toBe('unreachable');
  });

  it('is behind while the subscription has not brought what the log has, and fresh as soon as it has', async () => {
    await pass(0);
    head = () => Promise.resolve(11n);
    await pass(2_001);
    expect(freshness.trust()).toBe('behind');
    seen = 11n;
    expect(freshness.trust()).toBe('fresh');
  });

  it('does not take an answer for newer than the question', async () => {
    await pass(0);
    let answer = (_: bigint): void => undefined;
    head = () => new Promise((resolve) => (answer = resolve));
    await pass(1_000);
    head = down;
    await pass(1_500);
    answer(10n);
    await pass(0);
    expect(freshness.age()).toBe(1_500);
  });

  it('is unreachable while the log hangs, and trusted again when it answers', async () => {
    await pass(0);
    head = () => new Promise(() => undefined);
    await pass(2_001);
    expect(freshness.trust()).toBe('unreachable');
    head = () => Promise.resolve(10n);
    await pass(1_000);
    expect(freshness.trust()).toBe('fresh');
  });

  it('can be asked for after this process was suspended: the log has not refused to answer', async () => {
    await pass(0);
    let clock = 0;
    const paused = watchFreshness({ head: () => head(), standing }, { boundMs: 2_000, clock: () => clock });
    await pass(0);
    expect(paused.trust()).toBe('fresh');
    clock += 60_000;
    expect(paused.trust()).toBe('behind');
    paused.close();
  });

  it('is always fresh in the process that alone writes the log', () => {
    const own = watchFreshness({ head: down });
    expect([own.trust(), own.age()]).toEqual(['fresh', 0]);
  });
});
