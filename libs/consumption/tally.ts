import { dayOf, keyText, MEASURES, startOf, useText, type Call, type Cell, type CellKey, type Use } from './calls.js';
import { addValue, encodeBins, type Bins } from './sketch.js';

/** What a number of calls add up to, by the minute: small beside the calls themselves. */
export interface Tallied {
  readonly cells: readonly Cell[];
  readonly uses: readonly Use[];
}

/** Sums calls up in memory. */
export interface Tally {
  add(call: Call): void;
  /** Notes that a key or an access was used, without counting a call. */
  use(call: Pick<Call, 'application' | 'version' | 'credential' | 'time'>): void;
  /** Cells and uses so far. */
  size(): number;
  /** What was added since the last time; the tally starts anew. */
  take(): Tallied;
}

type Counted = CellKey & { calls: number; usedWith: string | undefined } & Record<
    (typeof MEASURES)[number],
    Bins | undefined
  >;

/** Who was turned away has used nothing. */
const REFUSED: ReadonlySet<number> = new Set([401, 403]);

export function createTally(): Tally {
  let cells = new Map<string, Counted>();
  let uses = new Map<string, Use>();

  function note(kind: Use['kind'], id: string, application: string, day: string): void {
    const key = useText({ kind, id, application });
    const known = uses.get(key);
    if (!known || known.day < day) uses.set(key, { kind, id, application, day });
  }

  const use: Tally['use'] = ({ application, version, credential, time }) => {
    const day = dayOf(time);
    note('access', version, application, day);
    if (credential !== undefined) note('credential', credential, application, day);
  };

  return {
    use,
    add(call) {
      const { application, version, status } = call;
      const of: CellKey = { level: 'minute', start: startOf('minute', call.time), application, version, status };
      const key = keyText(of);
      let cell = cells.get(key);
      if (!cell) {
        cell = {
          ...of,
          calls: 0,
          usedWith: undefined,
          latency: undefined,
          requestSize: undefined,
          responseSize: undefined,
        };
        cells.set(key, cell);
      }
      // all calls of a cell are of one day: its key is noted once, unless keys take turns
      if (!REFUSED.has(status) && (cell.calls === 0 || cell.usedWith !== call.credential)) {
        cell.usedWith = call.credential;
        use(call);
      }
      cell.calls += 1;
      for (const measure of MEASURES) {
        const value = call[measure];
        if (value !== undefined) addValue((cell[measure] ??= new Map()), value);
      }
    },
    size: () => cells.size + uses.size,
    take() {
      const taken: Tallied = { cells: Array.from(cells.values(), encoded), uses: [...uses.values()] };
      cells = new Map();
      uses = new Map();
      return taken;
    },
  };
}

const NOTHING = new Uint8Array();
const bytesOf = (bins: Bins | undefined): Uint8Array => (bins ? encodeBins(bins) : NOTHING);

const encoded = ({ usedWith: _, latency, requestSize, responseSize, ...cell }: Counted): Cell => ({
  ...cell,
  latency: bytesOf(latency),
  requestSize: bytesOf(requestSize),
  responseSize: bytesOf(responseSize),
});
