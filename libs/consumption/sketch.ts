import { DDSketch } from '@datadog/sketches-js';

/**
 * Quantiles of many values in little room: DDSketch (Masson, Rim, Lee, VLDB 2019). A value is counted in the bin of its
 * logarithm, so that a quantile is at most this much off, relatively, however often sketches are merged. What is kept of a
 * sketch is its bins; mapping and quantiles are the library's.
 */
export const RELATIVE_ERROR = 0.005;

const { mapping } = new DDSketch({ relativeAccuracy: RELATIVE_ERROR });

/** Zero has no logarithm: a bin below those of all numbers. */
const ZERO = -1_000_000;

/** Count by bin. */
export type Bins = Map<number, number>;

/** Counts a value of at least 0. */
export function addValue(bins: Bins, value: number): void {
  const bin = value > mapping.minPossible ? mapping.key(value) : ZERO;
  bins.set(bin, (bins.get(bin) ?? 0) + 1);
}

/** Longest form of a pair: two numbers of 53 bits. */
const PAIR_BYTES = 16;
/** Written to first: what a sketch takes is known only then. */
let scratch = new Uint8Array(64 * 1024);

/** Bins in order as pairs of numbers of variable length (LEB128): distance from the bin before, count. */
export function encodeBins(bins: Bins): Uint8Array {
  if (bins.size * PAIR_BYTES > scratch.length) scratch = new Uint8Array(bins.size * PAIR_BYTES);
  let [at, before] = [0, ZERO];
  for (const bin of Int32Array.from(bins.keys()).sort()) {
    at = write(scratch, at, bin - before);
    at = write(scratch, at, bins.get(bin)!);
    before = bin;
  }
  return scratch.slice(0, at);
}

/** Adds what a sketch holds to the bins. @throws RangeError if it was cut short */
export function addEncoded(bins: Bins, encoded: Uint8Array): Bins {
  eachBin(encoded, (bin, count) => bins.set(bin, (bins.get(bin) ?? 0) + count));
  return bins;
}

/** The sum of sketches, from which quantiles are read. */
export interface Quantiles {
  add(encoded: Uint8Array): void;
  /** Undefined if there are no values. */
  at(quantile: number): number | undefined;
}

export function createQuantiles(): Quantiles {
  const sketch = new DDSketch({ relativeAccuracy: RELATIVE_ERROR });
  const count = (bin: number, calls: number): void => {
    if (bin === ZERO) sketch.zeroCount += calls;
    else sketch.store.add(bin, calls);
    sketch.count += calls;
  };
  return {
    add: (encoded) => eachBin(encoded, count),
    at: (quantile) => (sketch.count === 0 ? undefined : sketch.getValueAtQuantile(quantile)),
  };
}

function eachBin(encoded: Uint8Array, visit: (bin: number, count: number) => void): void {
  let at = 0;
  const next = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = encoded[at++];
      if (byte === undefined) throw new RangeError('A sketch ends too early');
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  let bin = ZERO;
  while (at < encoded.length) {
    bin += next();
    visit(bin, next());
  }
}

function write(bytes: Uint8Array, start: number, number: number): number {
  let [at, rest] = [start, number];
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes[at++] = (rest % 128) + 128;
  bytes[at++] = rest;
  return at;
}
