import { PRODUCTION_BACKOFF, pauseAfter } from './backoff.js';

const pauses = (random: () => number) =>
  Array.from({ length: 12 }, (_, index) => pauseAfter(index + 1, { ...PRODUCTION_BACKOFF, random }));

describe('pauses between tries', () => {
  it('double, and end with the twelfth failure after about three hours', () => {
    const all = pauses(() => 0.5);
    expect(all.slice(0, 4)).toEqual([5_000, 10_000, 20_000, 40_000]);
    expect(all.at(-1)).toBeUndefined();
    const total = all.reduce<number>((sum, pause) => sum + (pause ?? 0), 0);
    expect(total).toBe(5_000 * (2 ** 11 - 1));
  });

  it('are spread by a quarter to either side', () => {
    expect(pauses(() => 0)[0]).toBe(3_750);
    expect(pauses(() => 0.999_999)[0]).toBe(6_250);
  });
});
