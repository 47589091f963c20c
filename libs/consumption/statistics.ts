import { type Measure } from './calls.js';
import type { ConsumptionStore, Scan, ScannedCell } from './port.js';
import { createQuantiles, type Quantiles } from './sketch.js';
import { bucketsOf, type Resolution, type Window } from './spans.js';

export const DIMENSIONS = ['API_PRODUCT_VERSION', 'APPLICATION', 'STATUS_CODE', 'STATUS_CODE_GROUPED'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

interface MetricDefinition {
  readonly unit: 'count' | 'count/minute' | 'ms' | 'bytes';
  readonly measure?: Measure;
  readonly quantile?: number;
}

const quantilesOf = (name: string, unit: 'ms' | 'bytes', measure: Measure): [string, MetricDefinition][] =>
  ([99, 95, 50] as const).map((percent) => [`${name}_P${percent}`, { unit, measure, quantile: percent / 100 }]);

export const METRICS: ReadonlyMap<string, MetricDefinition> = new Map([
  ['REQUEST_COUNT', { unit: 'count' }],
  ['REQUEST_PER_MINUTE', { unit: 'count/minute' }],
  ...quantilesOf('RESPONSE_LATENCY', 'ms', 'latency'),
  ...quantilesOf('RESPONSE_SIZE', 'bytes', 'responseSize'),
  ...quantilesOf('REQUEST_SIZE', 'bytes', 'requestSize'),
]);

/** Values of a dimension that an answer shows at most: those with the most calls. */
export const MOST_VALUES = 50;

/** Rows of an answer at most, those with the most calls: charts show fewer, and each row of a quantile costs memory. */
export const MOST_ROWS = 10_000;

export interface Filter {
  readonly dimension: Dimension;
  readonly type: 'IN' | 'NOT_IN';
  readonly values: readonly (string | number)[];
}

export interface Question {
  /** A key of METRICS. */
  readonly metric: string;
  readonly dimensions: readonly Dimension[];
  readonly window: Window;
  readonly filters: readonly Filter[];
  /** Only of these applications. Absent: of all. */
  readonly applications?: readonly string[] | undefined;
}

export interface Row {
  /** Start of the bucket, in milliseconds since the epoch. */
  readonly start: number;
  /** In the order of the question's dimensions: an id, a status, or a group of them such as 2XX. */
  readonly values: readonly string[];
  readonly figure: number;
}

export interface Statistics {
  readonly rows: readonly Row[];
  /** For each of the question's dimensions, the values that occur, most calls first. */
  readonly values: readonly (readonly string[])[];
  readonly truncated: boolean;
}

interface GroupKey {
  readonly key: string;
  readonly bucket: number;
  readonly values: readonly string[];
}

interface Group extends GroupKey {
  calls: number;
}

const VALUE_OF: Readonly<Record<Dimension, (cell: ScannedCell) => string>> = {
  API_PRODUCT_VERSION: ({ version }) => version,
  APPLICATION: ({ application }) => application,
  STATUS_CODE: ({ status }) => String(status),
  STATUS_CODE_GROUPED: ({ status }) => `${Math.floor(status / 100)}XX`,
};

/**
 * Answers a question from the cells. Buckets and groups without calls, or without a value that was measured, have no row.
 * What is shown is chosen by calls first; only then are the sketches of that read.
 */
export async function statistics(
  store: Pick<ConsumptionStore, 'scan'>,
  question: Question,
  resolution: Resolution,
): Promise<Statistics> {
  const { quantile, measure } = METRICS.get(question.metric)!;
  const { dimensions } = question;
  const buckets = bucketsOf(question.window, resolution);
  const passes = filterOf(question.filters);
  const applications = applicationsOf(question);
  const anyTime = question.window.granularity === undefined;

  async function eachCell(scan: Pick<Scan, 'measure' | 'anyTime'>, use: (cell: ScannedCell, group: GroupKey) => void) {
    for await (const cells of store.scan({ spans: buckets.spans, applications, ...scan })) {
      for (const cell of cells) {
        if (!passes(cell)) continue;
        const bucket = buckets.indexOf(cell.start);
        const values = dimensions.map((dimension) => VALUE_OF[dimension](cell));
        use(cell, { key: `${bucket}|${values.join('|')}`, bucket, values });
      }
    }
  }

  const groups = new Map<string, Group>();
  await eachCell({ anyTime }, ({ calls }, { key, ...group }) => {
    const known = groups.get(key);
    if (known) known.calls += calls;
    else groups.set(key, { ...group, key, calls });
  });
  const { kept, values, truncated } = mostCalled([...groups.values()], dimensions.length);
  const quantiles = new Map<string, Quantiles>();
  if (measure) {
    for (const { key } of kept) quantiles.set(key, createQuantiles());
    await eachCell({ measure }, ({ sketch }, { key }) => quantiles.get(key)?.add(sketch!));
  }
  const figureOf = ({ key, bucket, calls }: Group): number | undefined => {
    if (quantile !== undefined) return rounded(quantiles.get(key)!.at(quantile));
    return question.metric === 'REQUEST_COUNT' ? calls : calls / (buckets.lengthOf(bucket) / 60_000);
  };
  const rows = kept.flatMap((group): Row[] => {
    const figure = figureOf(group);
    return figure === undefined ? [] : [{ start: buckets.startOf(group.bucket), values: group.values, figure }];
  });
  return { rows: rows.sort(byTimeThenValues), values, truncated };
}

/** Which cells are needed: those of all applications together will do where nobody asks which. */
function applicationsOf({ applications, filters, dimensions }: Question): Scan['applications'] {
  const named = filters.filter(({ dimension }) => dimension === 'APPLICATION');
  const only = named.filter(({ type }) => type === 'IN').map(({ values }) => values as readonly string[]);
  if (applications) only.push(applications);
  if (only.length > 0) return [...new Set(only.reduce((left, right) => left.filter((id) => right.includes(id))))];
  return named.length > 0 || dimensions.includes('APPLICATION') ? 'each' : 'all';
}

function filterOf(filters: readonly Filter[]): (cell: ScannedCell) => boolean {
  const tests = filters.map(({ dimension, type, values }) => {
    const among = new Set(values.map(String));
    const valueOf = VALUE_OF[dimension];
    return (cell: ScannedCell) => among.has(valueOf(cell)) === (type === 'IN');
  });
  return (cell) => tests.every((test) => test(cell));
}

/** So that no answer is larger than a chart can show. */
function mostCalled(groups: readonly Group[], dimensions: number) {
  let kept = groups;
  let truncated = false;
  const values: string[][] = [];
  for (let i = 0; i < dimensions; i += 1) {
    const calls = new Map<string, number>();
    for (const group of groups) calls.set(group.values[i]!, (calls.get(group.values[i]!) ?? 0) + group.calls);
    const most = [...calls].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).map(([value]) => value);
    const shown = most.slice(0, MOST_VALUES);
    truncated ||= most.length > shown.length;
    const among = new Set(shown);
    kept = kept.filter((group) => among.has(group.values[i]!));
    values.push(shown);
  }
  if (kept.length > MOST_ROWS) {
    kept = [...kept]
      .sort((a, b) => b.calls - a.calls || a.bucket - b.bucket || (a.key < b.key ? -1 : 1))
      .slice(0, MOST_ROWS);
    truncated = true;
  }
  return { kept, values, truncated };
}

/** Four digits say more than a sketch knows. */
const rounded = (value: number | undefined): number | undefined =>
  value === undefined ? undefined : Number(value.toPrecision(4));

const byTimeThenValues = (a: Row, b: Row): number =>
  a.start - b.start || (a.values.join('|') < b.values.join('|') ? -1 : 1);
