import { PRODUCTION_BACKOFF, pauseAfter } from './backoff.js';

const pauses = (random: () => number) =>
  Array.from({ length: 8 }, (_, index) => pauseAfter(index + 1, { ...PRODUCTION_BACKOFF, random }));

describe('pauses between tries', () => {
  it('double, and end with the eighth failure after about ten minutes', () => {
    const all = pauses(() => 0.5);
    expect(all).toEqual([5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 320_000, undefined]);
  });

  it('are spread by a quarter to either side', () => {
    expect(pauses(() => 0)[0]).toBe(3_750);
    expect(pauses(() => 0.999_999)[0]).toBe(6_250);
  });
});
