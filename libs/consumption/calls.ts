/** What is known of a call, and the cells that calls are summed up in. */

/** Lengths of time that calls are summed over; UTC, from the epoch. */
export const LEVELS = ['minute', 'hour', 'day'] as const;
export type Level = (typeof LEVELS)[number];

export const LEVEL_MS: Readonly<Record<Level, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** What is measured of a call besides that it was made: milliseconds, bytes, bytes. */
export const MEASURES = ['latency', 'requestSize', 'responseSize'] as const;
export type Measure = (typeof MEASURES)[number];

/** One call of an API. A measure that nobody took is absent, and counts in no quantile. */
export interface Call extends Partial<Readonly<Record<Measure, number>>> {
  readonly application: string;
  readonly version: string;
  /** HTTP status that the caller got, 100 to 999. */
  readonly status: number;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** The key that it was made with, where one is known. */
  readonly credential?: string;
}

/** Cells of all applications together are kept beside those of each. */
export const ALL_APPLICATIONS = '';

export interface CellKey {
  readonly level: Level;
  /** Milliseconds since the epoch. */
  readonly start: number;
  readonly application: string;
  readonly version: string;
  readonly status: number;
}

/** How many calls there were; sketches as sketch.ts encodes them, empty if there is no value. */
export interface Sums extends Readonly<Record<Measure, Uint8Array>> {
  readonly calls: number;
}

export type Cell = CellKey & Sums;

/** The last day (UTC, YYYY-MM-DD) on which a key, or an application's access to a version, was used. */
export interface Use {
  readonly kind: 'credential' | 'access';
  /** Of the credential, or of the product version. */
  readonly id: string;
  readonly application: string;
  readonly day: string;
}

export const startOf = (level: Level, time: number): number => time - (time % LEVEL_MS[level]);

export const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

export const keyText = ({ level, start, application, version, status }: CellKey): string =>
  `${level}|${application}|${start}|${version}|${status}`;

export const useText = ({ kind, application, id }: Omit<Use, 'day'>): string => `${kind}|${application}|${id}`;
