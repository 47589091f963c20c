import { setImmediate as breathe } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import {
  ALL_APPLICATIONS,
  keyText,
  LEVELS,
  MEASURES,
  startOf,
  useText,
  type Cell,
  type Measure,
  type Use,
} from './calls.js';
import type { ConsumptionStore, FoldedCell } from './port.js';
import { decodeSegment } from './segment.js';
import { addEncoded, encodeBins, type Bins } from './sketch.js';
import { atMost } from '#lru/at-most.js';

/** So much goes into one fold: bounds memory and how long a fold takes. */
const MOST_SEGMENTS = 200;
const MOST_CELLS = 50_000;
/** So many cells are written at once, before others have their turn. */
const SLICE = 250;
/** Cells that are remembered from one fold to the next. */
const KEPT = 20_000;
/** So long a fold is left to whoever began it. */
const PATIENCE_MS = 10_000;

interface Folding {
  readonly store: ConsumptionStore;
  /** Names this process. */
  readonly by: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Cells as the last fold of this process left them: good as long as no other process has folded since. */
interface Memory {
  fold: number;
  readonly cells: LRUCache<string, FoldedCell>;
}

/**
 * Adds waiting segments to the cells of minute, hour and day, going on with a fold that was cut off. Each call gives the
 * number of segments that it has folded; 0 if there is nothing to do, or another process is at it.
 */
export function createFolder({ store, by, now }: Folding): () => Promise<number> {
  const memory: Memory = { fold: -1, cells: new LRUCache(atMost(KEPT)) };

  async function carryOutWith(fold: number, segments: readonly string[]): Promise<number> {
    if (memory.fold !== fold - 1) memory.cells.clear();
    memory.fold = -1;
    const folded = await carryOut(store, fold, segments, memory.cells);
    memory.fold = fold;
    return folded;
  }

  return async () => {
    const state = await store.fold();
    if (state.open) {
      const another = state.open.by !== by && Math.abs(now() - state.open.at) < PATIENCE_MS;
      return another ? 0 : carryOutWith(state.number, state.open.segments);
    }
    const segments = together(await store.waiting(MOST_SEGMENTS));
    if (segments.length === 0 || !(await store.beginFold(state.number, { segments, by, at: now() }))) return 0;
    return carryOutWith(state.number + 1, segments);
  };
}

function together(waiting: readonly { readonly id: string; readonly cells: number }[]): readonly string[] {
  let cells = 0;
  return waiting.filter((segment, i) => (cells += segment.cells) <= MOST_CELLS || i === 0).map(({ id }) => id);
}

async function carryOut(
  store: ConsumptionStore,
  fold: number,
  ids: readonly string[],
  known: LRUCache<string, FoldedCell>,
): Promise<number> {
  const contents = await store.contents(ids);
  const sums = new Map<string, Sum>();
  const uses = new Map<string, Use>();
  for (const content of contents.values()) {
    const segment = decodeSegment(content);
    for (const cell of segment.cells) addTo(sums, cell);
    for (const use of segment.uses) {
      const key = useText(use);
      if ((uses.get(key)?.day ?? '') < use.day) uses.set(key, use);
    }
    await breathe();
  }
  // a segment whose content is gone: another process has come to the end of this very fold
  if (contents.size === ids.length) {
    // neighbours are stored on the same page
    const all = [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sum]) => sum);
    for (let i = 0; i < all.length; i += SLICE) {
      await addToStored(store, fold, all.slice(i, i + SLICE), known);
      await breathe();
    }
    await store.noteUses([...uses.values()]);
  }
  await store.endFold(fold);
  return ids.length;
}

/** A sketch that nothing was added to is left as it came. */
type Sketch = Uint8Array | Bins;
type Sum = Omit<Cell, Measure> & { calls: number } & Record<Measure, Sketch>;

/** A cell of a minute counts in six: minute, hour and day, of its application and of all. */
function addTo(sums: Map<string, Sum>, cell: Cell): void {
  for (const level of LEVELS) {
    for (const application of [cell.application, ALL_APPLICATIONS]) {
      const key = { ...cell, level, start: startOf(level, cell.start), application };
      const text = keyText(key);
      const sum = sums.get(text);
      if (!sum) {
        sums.set(text, key);
        continue;
      }
      sum.calls += cell.calls;
      for (const measure of MEASURES) sum[measure] = merged(sum[measure], cell[measure]);
    }
  }
}

function merged(sketch: Sketch, encoded: Uint8Array): Sketch {
  if (encoded.length === 0) return sketch;
  if (sketch instanceof Uint8Array && sketch.length === 0) return encoded;
  return addEncoded(sketch instanceof Uint8Array ? addEncoded(new Map(), sketch) : sketch, encoded);
}

async function addToStored(
  store: ConsumptionStore,
  fold: number,
  sums: readonly Sum[],
  known: LRUCache<string, FoldedCell>,
): Promise<void> {
  const before = new Map<string, FoldedCell>();
  const missing = sums.filter((sum) => {
    const cell = known.get(keyText(sum));
    if (cell) before.set(keyText(sum), cell);
    return !cell;
  });
  for (const cell of await store.loadCells(missing)) before.set(keyText(cell), cell);
  const writes = sums.flatMap((sum) => {
    const key = keyText(sum);
    const found = before.get(key);
    if (found && found.fold >= fold) return [];
    const cell = { ...added(sum, found), fold };
    known.set(key, cell);
    return [{ ...cell, before: found?.fold }];
  });
  if (writes.length > 0) await store.writeCells(writes);
}

function added(sum: Sum, before: FoldedCell | undefined): Cell {
  const sketch = (measure: Measure): Uint8Array => {
    const all = before ? merged(sum[measure], before[measure]) : sum[measure];
    return all instanceof Uint8Array ? all : encodeBins(all);
  };
  return {
    ...sum,
    calls: sum.calls + (before?.calls ?? 0),
    latency: sketch('latency'),
    requestSize: sketch('requestSize'),
    responseSize: sketch('responseSize'),
  };
}
