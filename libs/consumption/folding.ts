import { setImmediate as breathe } from 'node:timers/promises';
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

/** So much goes into one fold: bounds memory and how long a fold takes. */
const MOST_SEGMENTS = 200;
const MOST_CELLS = 20_000;
/** So many cells are written at once, before others have their turn. */
const SLICE = 100;
/** So long a fold is left to whoever began it. */
const PATIENCE_MS = 10_000;

interface Folding {
  readonly store: ConsumptionStore;
  /** Names this process. */
  readonly by: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * Adds waiting segments to the cells of minute, hour and day, going on with a fold that was cut off. Gives the number of
 * segments that are folded now; 0 if there is nothing to do, or another process is at it.
 */
export async function foldOnce({ store, by, now }: Folding): Promise<number> {
  const state = await store.fold();
  if (state.open) {
    const another = state.open.by !== by && Math.abs(now() - state.open.at) < PATIENCE_MS;
    return another ? 0 : carryOut(store, state.number, state.open.segments);
  }
  const segments = together(await store.waiting(MOST_SEGMENTS));
  if (segments.length === 0 || !(await store.beginFold(state.number, { segments, by, at: now() }))) return 0;
  return carryOut(store, state.number + 1, segments);
}

function together(waiting: readonly { readonly id: string; readonly cells: number }[]): readonly string[] {
  let cells = 0;
  return waiting.filter((segment, i) => (cells += segment.cells) <= MOST_CELLS || i === 0).map(({ id }) => id);
}

async function carryOut(store: ConsumptionStore, fold: number, ids: readonly string[]): Promise<number> {
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
    const all = [...sums.values()];
    for (let i = 0; i < all.length; i += SLICE) {
      await addToStored(store, fold, all.slice(i, i + SLICE));
      await breathe();
    }
    await store.noteUses([...uses.values()]);
  }
  await store.endFold(fold);
  return ids.length;
}

type Sum = Omit<Cell, Measure> & { calls: number } & Record<Measure, Bins>;

/** A cell of a minute counts in six: minute, hour and day, of its application and of all. */
function addTo(sums: Map<string, Sum>, cell: Cell): void {
  for (const level of LEVELS) {
    for (const application of [cell.application, ALL_APPLICATIONS]) {
      const { version, status } = cell;
      const key = { level, start: startOf(level, cell.start), application, version, status };
      const text = keyText(key);
      let sum = sums.get(text);
      if (!sum) {
        sum = { ...key, calls: 0, latency: new Map(), requestSize: new Map(), responseSize: new Map() };
        sums.set(text, sum);
      }
      sum.calls += cell.calls;
      for (const measure of MEASURES) addEncoded(sum[measure], cell[measure]);
    }
  }
}

async function addToStored(store: ConsumptionStore, fold: number, sums: readonly Sum[]): Promise<void> {
  const stored = new Map((await store.loadCells(sums)).map((cell) => [keyText(cell), cell]));
  const writes = sums.flatMap((sum) => {
    const before = stored.get(keyText(sum));
    return before && before.fold >= fold ? [] : [{ ...added(sum, before), fold, before: before?.fold }];
  });
  if (writes.length > 0) await store.writeCells(writes);
}

function added({ calls, latency, requestSize, responseSize, ...key }: Sum, before: FoldedCell | undefined): Cell {
  const sketch = (bins: Bins, encoded: Uint8Array | undefined) =>
    encodeBins(encoded && encoded.length > 0 ? addEncoded(bins, encoded) : bins);
  return {
    ...key,
    calls: calls + (before?.calls ?? 0),
    latency: sketch(latency, before?.latency),
    requestSize: sketch(requestSize, before?.requestSize),
    responseSize: sketch(responseSize, before?.responseSize),
  };
}
