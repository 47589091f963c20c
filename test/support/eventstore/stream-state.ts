import type { Committed, Expected, Proposed, Recorded } from './recorded.js';

/** Everything a server knows of one stream. `events` holds hidden ones too. */
export interface StreamState {
  readonly events: Recorded[];
  tombstoned: boolean;
  softDeleted: boolean;
  truncateBefore: bigint;
  maxCount: bigint | undefined;
  maxAgeMs: number | undefined;
}

export const newStreamState = (): StreamState => ({
  events: [],
  tombstoned: false,
  softDeleted: false,
  truncateBefore: 0n,
  maxCount: undefined,
  maxAgeMs: undefined,
});

export const tail = (state: StreamState | undefined): bigint => BigInt(state?.events.length ?? 0) - 1n;

/** What a read of the stream shows at a time. */
export function visible(state: StreamState, now: number): readonly Recorded[] {
  if (state.softDeleted) return [];
  const least = state.maxCount === undefined ? 0n : BigInt(state.events.length) - state.maxCount;
  const from = least > state.truncateBefore ? least : state.truncateBefore;
  const oldest = state.maxAgeMs === undefined ? 0n : BigInt(now - state.maxAgeMs) * 10_000n;
  return state.events.filter(({ revision, created }) => revision >= from && created >= oldest);
}

/** Takes over what a `$metadata` event says of the stream it belongs to. */
export function applyMetadata(state: StreamState, data: Uint8Array): void {
  const text = Buffer.from(data).toString('utf8');
  const settings = JSON.parse(text) as { $maxCount?: number; $maxAge?: number };
  // $tb of a soft delete exceeds JS numbers.
  const truncateBefore = /"\$tb"\s*:\s*(\d+)/.exec(text)?.[1];
  state.maxCount = settings.$maxCount === undefined ? undefined : BigInt(settings.$maxCount);
  state.maxAgeMs = settings.$maxAge === undefined ? undefined : settings.$maxAge * 1_000;
  state.softDeleted = truncateBefore === SOFT_DELETED;
  state.truncateBefore = truncateBefore === undefined || state.softDeleted ? 0n : BigInt(truncateBefore);
}

export const SOFT_DELETED = String(2n ** 63n - 1n);

/** 'store', or the answer that needs no storing: the server's check of the expected version and of repeats. */
export function check(
  state: StreamState | undefined,
  expected: Expected,
  events: readonly Proposed[],
): Committed | 'store' {
  const current = tail(state);
  const wrong: Committed = { kind: 'wrong-version', actual: current < 0n ? undefined : current };
  if (state?.tombstoned) return { kind: 'deleted' };
  if (expected === 'stream_exists') {
    if (state?.softDeleted) return { kind: 'deleted' };
    if (current < 0n) return wrong;
  }
  if (expected === 'any' || expected === 'stream_exists') return repeatAnywhere(state, events) ?? 'store';
  const at = expected === 'no_stream' ? -1n : expected;
  if (at > current) return wrong;
  if (at === current) return 'store';
  const repeated = repeatAt(state!, at, events);
  if (repeated === 'none' && state!.softDeleted && expected === 'no_stream') return 'store';
  return typeof repeated === 'string' ? wrong : repeated;
}

/** Each id is looked up by itself, in no order; some known and some not is a wrong version. */
function repeatAnywhere(state: StreamState | undefined, events: readonly Proposed[]): Committed | undefined {
  if (!state) return undefined;
  const known = events.map(({ id }) => state.events.findLast((event) => event.id === id));
  if (known.length === 0 || known[0] === undefined) return undefined;
  if (known.includes(undefined)) return { kind: 'wrong-version', actual: tail(state) };
  return answerAgain(state, known.at(-1)!);
}

/** Ids are compared with what stands after the expected revision. */
function repeatAt(state: StreamState, at: bigint, events: readonly Proposed[]): Committed | 'none' | 'in part' {
  const stored = state.events.slice(Number(at + 1n), Number(at + 1n) + events.length);
  const same = events.filter(({ id }, index) => stored[index]?.id === id).length;
  if (events.length === 0 || events[0]!.id !== stored[0]?.id) return 'none';
  return same === events.length ? answerAgain(state, stored.at(-1)!) : 'in part';
}

function answerAgain(state: StreamState, { revision, position }: Recorded): Committed {
  const hidden = state.softDeleted || revision < state.truncateBefore;
  return { kind: 'stored', revision, ...(hidden ? {} : { position }) };
}
