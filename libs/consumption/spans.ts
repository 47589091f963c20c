import { LEVEL_MS, LEVELS, startOf, type Level } from './calls.js';
import type { Span } from './port.js';

/** From which time on there are cells of a minute, and of an hour; of days there are as many as are kept. */
export interface Resolution {
  readonly minutesFrom: number;
  readonly hoursFrom: number;
}

export interface Window {
  /** Milliseconds since the epoch; both ends belong to it. */
  readonly start: number;
  readonly end: number;
  /** Length of a bucket, from `start` on. Absent: the window is one bucket. */
  readonly granularity?: number | undefined;
}

export interface Buckets {
  readonly spans: readonly Span[];
  /** Which bucket, from 0, a cell of a span that begins then belongs to. */
  indexOf(start: number): number;
  /** Nominal start of a bucket. */
  startOf(index: number): number;
  /** How long it is within the window; never 0. */
  lengthOf(index: number): number;
}

const finestAt = (time: number, { minutesFrom, hoursFrom }: Resolution): Level =>
  time >= minutesFrom ? 'minute' : time >= hoursFrom ? 'hour' : 'day';

const alignedDown = (time: number, resolution: Resolution): number => startOf(finestAt(time, resolution), time);

/**
 * Divides a window into buckets and says which cells make them up, the largest that fit. Where there are no finer ones, a cell
 * belongs where it begins; so a window is as exact as the finest cells of its time.
 */
export function bucketsOf({ start, end, granularity }: Window, resolution: Resolution): Buckets {
  const length = granularity ?? Math.max(end - start, 1);
  const exclusiveEnd = endOf(start, end, resolution);
  const count = granularity === undefined ? 1 : Math.max(1, Math.ceil((end - start) / length));
  const bounds = Array.from({ length: count }, (_, i) => alignedDown(start + i * length, resolution));
  bounds.push(exclusiveEnd);
  const spans = merged(bounds.slice(0, -1).flatMap((from, i) => decomposed(from, bounds[i + 1]!, resolution)));
  return {
    spans,
    indexOf(time) {
      let index = Math.min(count - 1, Math.max(0, Math.floor((time - start) / length)));
      while (index > 0 && bounds[index]! > time) index -= 1;
      while (index < count - 1 && bounds[index + 1]! <= time) index += 1;
      return index;
    },
    startOf: (index) => start + index * length,
    lengthOf: (index) => Math.max(1, Math.min(length, end - (start + index * length))),
  };
}

/** The cell in which the end lies is counted whole, unless the end is only its first instant. */
function endOf(start: number, end: number, resolution: Resolution): number {
  const level = finestAt(end, resolution);
  const down = startOf(level, end);
  return down === end && end > start ? end : down + LEVEL_MS[level];
}

function decomposed(from: number, to: number, resolution: Resolution): readonly Span[] {
  const spans: Span[] = [];
  for (let at = from; at < to;) {
    const finest = LEVELS.indexOf(finestAt(at, resolution));
    const level = LEVELS.findLast((one) => at % LEVEL_MS[one] === 0 && at + LEVEL_MS[one] <= to) ?? LEVELS[finest]!;
    const used = LEVELS[Math.max(LEVELS.indexOf(level), finest)]!;
    // as many of this level in a row as lead to the next larger one, or to the end
    const next = LEVELS[LEVELS.indexOf(used) + 1];
    const wall = next ? startOf(next, at) + LEVEL_MS[next] : to;
    const steps = Math.max(1, Math.floor((Math.min(wall, to) - at) / LEVEL_MS[used]));
    const end = at + steps * LEVEL_MS[used];
    spans.push({ level: used, from: at, to: end });
    at = end;
  }
  return spans;
}

function merged(spans: readonly Span[]): readonly Span[] {
  const result: Span[] = [];
  for (const span of spans) {
    const last = result.at(-1);
    if (last && last.level === span.level && last.to === span.from) result.splice(-1, 1, { ...last, to: span.to });
    else result.push(span);
  }
  return result;
}
