import type { Cell, CellKey, Level, Measure, Use } from './calls.js';

/**
 * Where consumption is kept. It is no domain event: it is summed up as it comes, and what is old is forgotten.
 *
 * A **segment** is what one batch of calls adds up to, stored in one write under the batch's id: that is what makes a batch
 * count once. Segments wait until a **fold** adds them to the cells. Folds are numbered; a fold names its segments before it
 * begins, and each cell remembers the fold that last changed it, so that a fold that was cut off is done again from its
 * start and changes each cell once. Any number of processes may try at the same time: each step is a compare-and-set.
 */
export interface ConsumptionStore {
  /** Stores a segment. If one with its id was stored before, that one stays as it is and is given back. */
  add(segment: Segment): Promise<StoredSegment | undefined>;
  /** Segments that are in no cell yet, the oldest first. */
  waiting(limit: number): Promise<readonly { readonly id: string; readonly cells: number }[]>;
  /** Content of segments that wait; those that are folded are absent. */
  contents(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;

  fold(): Promise<FoldState>;
  /** Begins the fold after `last`. False if another has begun it, or `last` is not the last or not over. */
  beginFold(last: number, open: OpenFold): Promise<boolean>;
  /** Its segments wait no more, and their content is gone; then the fold is over. Nothing happens if it is over already. */
  endFold(number: number): Promise<void>;
  /** Those that exist, each with the number of the fold that last changed it. */
  loadCells(keys: readonly CellKey[]): Promise<readonly FoldedCell[]>;
  /** Puts each cell where it is still as it was at the fold `before`; undefined: where there is none. Others stay as they are. */
  writeCells(cells: readonly (FoldedCell & { readonly before: number | undefined })[]): Promise<void>;
  /** Notes each use, unless a later day is known. */
  noteUses(uses: readonly Use[]): Promise<void>;

  /** Cells within the spans, in pieces that are short enough not to hold up others; in no certain order. */
  scan(scan: Scan): AsyncIterable<readonly ScannedCell[]>;
  /** All uses of these applications. */
  usesOf(applications: readonly string[]): Promise<readonly Use[]>;

  /** Deletes at most `limit` of what began before these times (milliseconds since the epoch) and of each kind; tells how many. */
  prune(before: Readonly<Record<Level | 'segment', number>>, limit: number): Promise<number>;

  /** A part of all that is kept, from a cursor on, to move it; nobody may write meanwhile. Without `next` it is the last one. */
  portion(from?: string): Promise<Portion>;
  /** Puts a part there, in place of what is there under the same names. May be repeated. */
  putPortion(portion: Omit<Portion, 'next'>): Promise<void>;
  close(): Promise<void>;
}

export interface Portion {
  readonly segments: readonly (Segment & { readonly waits: boolean })[];
  readonly cells: readonly FoldedCell[];
  readonly uses: readonly Use[];
  /** In the last one. */
  readonly fold?: FoldState | undefined;
  readonly next?: string | undefined;
}

export interface StoredSegment {
  /** Of the batch as it was sent: tells a repeat from another batch under the same id. */
  readonly digest: string;
  /** What was answered, as JSON. */
  readonly answer: string;
}

export interface Segment extends StoredSegment {
  readonly id: string;
  /** When it arrived, in milliseconds since the epoch. */
  readonly at: number;
  /** How many cells and uses its content has. 0: nothing is to be folded. */
  readonly cells: number;
  readonly content: string;
}

export interface OpenFold {
  readonly segments: readonly string[];
  /** Who began it, and when (milliseconds since the epoch): others leave it alone for a while. */
  readonly by: string;
  readonly at: number;
}

export interface FoldState {
  /** Of the last fold that was begun; 0 before the first. */
  readonly number: number;
  /** Undefined: it is over. */
  readonly open?: OpenFold | undefined;
}

export type FoldedCell = Cell & { readonly fold: number };

/** From inclusive, to exclusive; both at whole multiples of the level. */
export interface Span {
  readonly level: Level;
  readonly from: number;
  readonly to: number;
}

export interface Scan {
  readonly spans: readonly Span[];
  /** `each`: the cells of every application; `all`: those of all together. */
  readonly applications: readonly string[] | 'each' | 'all';
  /** Absent: no sketch is read. */
  readonly measure?: Measure | undefined;
  /** Nobody asks when within a span, so that a store may add calls up over it; each cell then begins where the span does. */
  readonly anyTime?: boolean;
}

export type ScannedCell = Omit<CellKey, 'level'> & { readonly calls: number; readonly sketch?: Uint8Array };

/** The store cannot do its work now: the server is gone, or too slow. Worth another try. */
export class ConsumptionUnavailable extends Error {
  override readonly name = 'ConsumptionUnavailable';
}
