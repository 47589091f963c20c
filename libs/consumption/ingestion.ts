import type { Call } from './calls.js';
import type { ConsumptionStore } from './port.js';
import type { UsageRecord } from './records.js';
import { encodeSegment, weightOf } from './segment.js';
import { createTally } from './tally.js';

const HOUR_MS = 3_600_000;
/** A record older than that is late and counts no more. */
export const LATEST_MS = 48 * HOUR_MS;
/** Clocks may differ by so much; a record beyond is of the future and does not count. */
export const AHEAD_MS = 5 * 60_000;
/** Longer than records are taken, so that a batch that is sent again after it is forgotten is late as a whole. */
export const REMEMBERED_MS = LATEST_MS + 24 * HOUR_MS;

/** Tells which applications, versions and keys there are, or once were. */
export interface Known {
  /** The portal that it belongs to; undefined: there never was one. */
  application(id: string): Promise<string | undefined>;
  version(application: string, version: string): Promise<boolean>;
  credential(application: string, credential: string): Promise<boolean>;
}

/** What becomes of records. Only the accepted count. */
export const FATES = ['accepted', 'late', 'future', 'duplicate', 'unknown'] as const;
export type Fate = (typeof FATES)[number];
export type Fates = Readonly<Record<Fate, number>>;

export interface UsageBatch {
  /** Unique over all who send. */
  readonly id: string;
  /** Of the content, to tell a repeat from another batch under the same id. */
  readonly digest: string;
  /** Applications of other portals are unknown to who sends it. */
  readonly portal?: string | undefined;
  readonly records: readonly UsageRecord[];
}

export type Received =
  | { readonly outcome: 'stored' | 'repeated'; readonly fates: Fates }
  /** Another batch was sent under this id before. */
  | { readonly outcome: 'reused' };

/** Stores what a batch adds up to, once. Nothing is stored of a repeat. */
export async function ingest(
  batch: UsageBatch,
  { store, known, now }: { readonly store: Pick<ConsumptionStore, 'add'>; readonly known: Known; readonly now: number },
): Promise<Received> {
  const { fates, calls } = await sort(batch, known, now);
  const tally = createTally();
  calls.forEach((call) => tally.add(call));
  const tallied = tally.take();
  const { id, digest } = batch;
  const content = encodeSegment(tallied);
  const answer = JSON.stringify(fates);
  const before = await store.add({ id, digest, answer, at: now, cells: weightOf(tallied), content });
  if (!before) return { outcome: 'stored', fates };
  if (before.digest !== digest) return { outcome: 'reused' };
  return { outcome: 'repeated', fates: JSON.parse(before.answer) as Fates };
}

async function sort({ records, portal }: UsageBatch, known: Known, now: number) {
  const fates: Record<Fate, number> = { accepted: 0, late: 0, future: 0, duplicate: 0, unknown: 0 };
  const calls: Call[] = [];
  const seen = new Set<string>();
  const isKnown = remembering(async (application, version) => {
    const home = await known.application(application);
    if (home === undefined || home !== (portal ?? home)) return false;
    return known.version(application, version);
  });
  const isKey = remembering((application, credential) => known.credential(application, credential));
  for (const { id, credential, ...call } of records) {
    const fate = await fateOf();
    fates[fate] += 1;
    if (fate !== 'accepted') continue;
    // a key that is not the application's says nothing; the call was made all the same
    const key = credential !== undefined && (await isKey(call.application, credential)) ? { credential } : {};
    calls.push({ ...call, ...key });

    async function fateOf(): Promise<Fate> {
      if (id !== undefined && seen.has(id)) return 'duplicate';
      if (id !== undefined) seen.add(id);
      if (call.time < now - LATEST_MS) return 'late';
      if (call.time > now + AHEAD_MS) return 'future';
      return (await isKnown(call.application, call.version)) ? 'accepted' : 'unknown';
    }
  }
  return { fates, calls };
}

/** Asks once for each pair. */
function remembering(
  ask: (a: string, b: string) => Promise<boolean>,
): (a: string, b: string) => boolean | Promise<boolean> {
  const answers = new Map<string, boolean | Promise<boolean>>();
  return (a, b) => {
    const key = `${a}|${b}`;
    const answer = answers.get(key);
    if (answer !== undefined) return answer;
    const asked = ask(a, b).then((told) => {
      answers.set(key, told);
      return told;
    });
    answers.set(key, asked);
    return asked;
  };
}
