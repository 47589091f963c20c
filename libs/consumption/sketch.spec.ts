import fc from 'fast-check';
import { addEncoded, addValue, createQuantiles, encodeBins, RELATIVE_ERROR, type Bins } from './sketch.js';

const sketchOf = (values: readonly number[]): Uint8Array => {
  const bins: Bins = new Map();
  values.forEach((value) => addValue(bins, value));
  return encodeBins(bins);
};

/** The value of that rank, as the sketch defines ranks: from 0 to one less than there are values. */
const exact = (values: readonly number[], quantile: number): number =>
  [...values].sort((a, b) => a - b)[Math.floor(quantile * (values.length - 1))]!;

const QUANTILES = [0.5, 0.95, 0.99];

/** Reproducible numbers from 0 to 1 (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const DISTRIBUTIONS: readonly [string, (r: () => number) => number][] = [
  ['even', (r) => r() * 1_000],
  ['exponential, like latencies', (r) => -40 * Math.log(1 - r())],
  ['heavy-tailed (Pareto), like sizes', (r) => Math.round(200 / (1 - r()) ** 1.2)],
  ['two humps: cached and not', (r) => (r() < 0.9 ? 2 + r() : 800 + 200 * r())],
  ['with many zeros', (r) => (r() < 0.4 ? 0 : r() * 5)],
];

describe('quantiles', () => {
  it.each(DISTRIBUTIONS)('are less than 1 %% off the exact ones: %s', (_, draw) => {
    const r = random(7);
    const values = Array.from({ length: 50_000 }, () => draw(r));
    const merged = createQuantiles();
    for (let i = 0; i < values.length; i += 170) merged.add(sketchOf(values.slice(i, i + 170)));
    for (const quantile of QUANTILES) {
      const right = exact(values, quantile);
      expect(Math.abs(merged.at(quantile)! - right)).toBeLessThanOrEqual(right * (RELATIVE_ERROR + 1e-9));
    }
  });

  it('do not depend on how the values were divided', () => {
    const value = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e12, noNaN: true }));
    fc.assert(
      fc.property(fc.array(fc.array(value, { minLength: 1 }), { minLength: 1 }), (parts) => {
        const together = sketchOf(parts.flat());
        const apart = parts.reduce<Bins>((bins, part) => addEncoded(bins, sketchOf(part)), new Map());
        expect(encodeBins(apart)).toEqual(together);
        const all = createQuantiles();
        all.add(together);
        for (const quantile of QUANTILES) {
          const right = exact(parts.flat(), quantile);
          expect(Math.abs(all.at(quantile)! - right)).toBeLessThanOrEqual(right * (RELATIVE_ERROR + 1e-9) + 1e-300);
        }
      }),
    );
  });

  it('are those of nothing where there are no values', () => {
    const none = createQuantiles();
    none.add(sketchOf([]));
    expect(none.at(0.99)).toBeUndefined();
    expect(sketchOf([])).toHaveLength(0);
  });

  it('survive counts beyond 32 bits', () => {
    const bins: Bins = new Map([[-3, 2 ** 40 + 1]]);
    expect([...addEncoded(new Map(), encodeBins(bins))]).toEqual([[-3, 2 ** 40 + 1]]);
  });

  it('are refused from a sketch that was cut short', () => {
    expect(() => addEncoded(new Map(), sketchOf([3, 900]).subarray(0, -1))).toThrow(RangeError);
  });
});
