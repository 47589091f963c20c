import { randomUUID } from 'node:crypto';
import { heldAfter } from '../held-claims.js';
import { StoreUnavailable, type Append, type ClaimTaken, type NewStoredEvent, type StoredEvent } from '../port.js';
import { FENCE } from '../technical.js';
import { tailOf, type Streams } from './streams.js';

export interface ClaimsOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
  /** How long a writer is left alone between naming itself and appending. */
  readonly graceMs?: number;
  /** How long an append tries to get its claims. */
  readonly patienceMs?: number;
}

export interface Claims {
  ownerOf(claim: string): Promise<string | undefined>;
  /**
   * Names the append's stream as the one that may hold what it takes. Its events then decide, appended at exactly the
   * expected revision. A claim that another stream holds is the answer; so is undefined when all are named.
   */
  take(append: Append): Promise<ClaimTaken | undefined>;
}

const TAKEN = 'gatehouse.claim-taken.v1';
const POLL_MS = 50;

/** An entry of a claim's stream. The newest names the only stream that may hold the claim. */
interface Entry {
  readonly revision: number;
  readonly owner: string;
  /** The first event that the writer is about to append. */
  readonly event: string;
  readonly at: number;
}

/**
 * Uniqueness over streams without transactions over streams. A claim is held by the stream that its newest entry names if
 * that stream's events say so. Whoever finds a stream named that does not hold it closes its current revision with a
 * fence, so that an append still on its way there fails, and names itself. Nothing is ever released or swept: events do it.
 */
export function claimsOn(streams: Streams, options: ClaimsOptions): Claims {
  const { now, sleep, graceMs = 2_000, patienceMs = 10_000 } = options;

  async function newestEntry(claim: string): Promise<Entry | undefined> {
    const [entry] = await streams.readStream(`claim-${claim}`, { backwards: true, limit: 1 });
    return entry && { revision: entry.revision, ...(entry.data as Omit<Entry, 'revision'>) };
  }

  /** The holder as things stand, which may be about to change. */
  async function ownerOf(claim: string): Promise<string | undefined> {
    const entry = await newestEntry(claim);
    return entry && heldAfter(await streams.readStream(entry.owner)).has(claim) ? entry.owner : undefined;
  }

  /** Makes sure that no other stream holds the claim or can still come to; answers the claim stream's revision. */
  async function clear(claim: string, stream: string, until: number): Promise<number | ClaimTaken> {
    const seen = now();
    for (;;) {
      const entry = await newestEntry(claim);
      if (!entry) return -1;
      if (entry.owner === stream) return entry.revision;
      const events = await streams.readStream(entry.owner);
      if (heldAfter(events).has(claim)) return { outcome: 'claim-taken', claim, owner: entry.owner };
      if (mayStillCome(entry, events) && now() - entry.at < graceMs && now() - seen < graceMs) {
        if (now() > until) throw contended();
        await sleep(POLL_MS * (0.5 + Math.random()));
        continue;
      }
      const fenced = await streams.append(entry.owner, events.at(-1)?.revision ?? -1, [fence()]);
      if (fenced.outcome === 'written') return entry.revision;
      if (now() > until) throw contended();
    }
  }

  async function name(claim: string, append: Append, until: number): Promise<ClaimTaken | undefined> {
    for (;;) {
      const revision = await clear(claim, append.stream, until);
      if (typeof revision !== 'number') return revision;
      // Also when the newest entry is ours: another may be about to pass it.
      const entry = taken(append.stream, append.events[0]!.id, now());
      const named = await streams.append(`claim-${claim}`, revision, [entry]);
      if (named.outcome === 'written') return undefined;
      if (now() > until) throw contended();
    }
  }

  return {
    ownerOf,
    async take(append) {
      const claims = [...new Set(append.claims?.take ?? [])];
      if (claims.length === 0) return undefined;
      // A repeat, or too late: the append itself will tell, and no claim need be touched.
      if ((await tailOf(streams, append.stream)) !== append.expectedRevision) return undefined;
      if (claims.length > 1) {
        for (const claim of claims) {
          const owner = await ownerOf(claim);
          if (owner !== undefined && owner !== append.stream) return { outcome: 'claim-taken', claim, owner };
        }
      }
      const until = now() + patienceMs;
      // In one order for all, so that two writers do not fence each other in turn.
      for (const claim of claims.sort()) {
        const refused = await name(claim, append, until);
        if (refused) return refused;
      }
      return undefined;
    },
  };
}

/** A claim's stream, for a log that is moved: the entry's writer has appended long ago, so that nobody waits for it. */
export const claimOf = (claim: string) => ({
  stream: `claim-${claim}`,
  entry: (owner: string): NewStoredEvent => taken(owner, '', 0),
  ownerIn: ({ data }: StoredEvent): string => (data as Pick<Entry, 'owner'>).owner,
});

/** The writer of the entry has not appended yet, as far as one can see. */
const mayStillCome = (entry: Entry, events: readonly StoredEvent[]): boolean =>
  !events.some(({ id }) => id === entry.event);

const contended = (): StoreUnavailable =>
  new StoreUnavailable('A claim is being taken by others at the same time: try again');

export const fence = (): NewStoredEvent => ({ id: randomUUID(), type: FENCE, data: {}, metadata: {} });

const taken = (owner: string, event: string, at: number): NewStoredEvent => ({
  id: randomUUID(),
  type: TAKEN,
  data: { owner, event, at },
  metadata: {},
});
