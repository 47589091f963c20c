import { MEASURES, type Cell, type Use } from './calls.js';
import type { Tallied } from './tally.js';

/** The last three: sketches in base64, in the order of MEASURES. */
type Row = readonly [number, string, string, number, number, string, string, string];

/** How much there is to fold. */
export const weightOf = ({ cells, uses }: Tallied): number => cells.length + uses.length;

/** As it is stored until it is folded. */
export function encodeSegment({ cells, uses }: Tallied): string {
  const rows = cells.map(({ start, application, version, status, calls, ...sketches }): Row => {
    const [latency, requestSize, responseSize] = MEASURES.map((measure) =>
      Buffer.from(sketches[measure]).toString('base64'),
    );
    return [start, application, version, status, calls, latency!, requestSize!, responseSize!];
  });
  return JSON.stringify({ cells: rows, uses });
}

export function decodeSegment(text: string): Tallied {
  const { cells, uses } = JSON.parse(text) as { cells: readonly Row[]; uses: readonly Use[] };
  return { cells: cells.map(cellFrom), uses };
}

function cellFrom([start, application, version, status, calls, ...sketches]: Row): Cell {
  const [latency, requestSize, responseSize] = sketches.map((text) => Buffer.from(text, 'base64'));
  const key = { level: 'minute', start, application, version, status } as const;
  return { ...key, calls, latency: latency!, requestSize: requestSize!, responseSize: responseSize! };
}
