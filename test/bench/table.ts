import type { Compared } from './rounds.js';

/** One line of the table. */
export interface Line {
  readonly measure: string;
  readonly result: string;
  readonly wanted: string;
  readonly reached: boolean;
  /** Requests per second and latencies, where there are any. */
  readonly rate?: string;
  readonly latency?: string;
  /** Below the table: where the time goes. */
  readonly note?: string;
}

const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;
const whole = (value: number): string => Math.round(value).toLocaleString('en-US');

export function comparedLine(
  measure: string,
  wanted: number,
  { ratio, measured, baseline }: Compared,
  note?: string,
): Line {
  return {
    measure,
    result: percent(ratio),
    wanted: percent(wanted),
    reached: ratio >= wanted,
    rate: `${whole(measured.rate)}/s of ${whole(baseline.rate)}/s`,
    latency: [measured.p50, measured.p99, measured.p999].join(' / '),
    ...(note === undefined ? {} : { note }),
  };
}

/** `most`: a bound from above. */
export function absoluteLine(measure: string, value: number, limit: number, unit: string, most = false): Line {
  const digits = unit === 's' ? 1 : 0;
  const text = (n: number) => `${n.toLocaleString('en-US', { maximumFractionDigits: digits })} ${unit}`;
  return {
    measure,
    result: text(value),
    wanted: most ? `at most ${text(limit)}` : text(limit),
    reached: most ? value <= limit : value >= limit,
  };
}

export function markdownTable(lines: readonly Line[]): string {
  const head = ['measure', 'result', 'must reach', '', 'rate of baseline', 'p50 / p99 / p99.9 in ms'];
  const rows = lines.map(({ measure, result, wanted, reached, rate = '', latency = '' }) => [
    measure,
    result,
    wanted,
    reached ? 'ok' : '**no**',
    rate,
    latency,
  ]);
  const notes = lines.flatMap(({ measure, note }) => (note === undefined ? [] : [`- ${measure}: ${note}`]));
  return [row(head), row(head.map(() => '---')), ...rows.map(row), ...(notes.length > 0 ? ['', ...notes] : [])].join(
    '\n',
  );
}

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
