import { createBoard } from './listeners.js';
import type { VaultRecord, VaultStore } from '#vault/port.js';

const KIND = 'lease';

/** How long a lease lasts after it was last renewed, as whoever waits for it counts. */
export const TERM_MS = 2_500;
/** What its holder counts on: less, so that clocks that run at different speeds do no harm. */
const TRUSTED_SHARE = 5 / 6;
const RENEW_MS = 800;
const LOOK_MS = 400;

/** One thing that one process at a time does, as the vault has it. */
interface Stored {
  /** Empty: given back, free at once. */
  readonly holder: string;
  /**
   * Grows whenever the lease gets a new holder: whoever writes with a lower one is late. At least the time in seconds, so that
   * it also grows where the vault was restored to an earlier state and other stores were not.
   */
  readonly token: number;
}

export interface Leases {
  /** The fencing token of a lease while this process holds it. Looks at this process's clock alone. */
  token(name: string): number | undefined;
  /** Calls back after leases were won, lost or have run out; returns the unsubscriber. */
  onChange(listener: () => void): () => void;
  /** Gives a lease back and takes it no more: this process cannot do what it is for. */
  resign(name: string): Promise<void>;
  /** Renews what is held and takes what is free, once. */
  look(): Promise<void>;
  /** Looks, and goes on looking. */
  start(): Promise<void>;
  /** Stops looking and gives back what is held. Whatever the leases are for must have ended. */
  stop(): Promise<void>;
}

export interface LeasesOptions {
  readonly vault: Pick<VaultStore, 'getMany' | 'insert' | 'replace'>;
  readonly names: readonly string[];
  /** This process, unlike any other that was or will be. */
  readonly holder: string;
  readonly termMs?: number;
  /** Milliseconds since some moment; goes on while the process is stopped, and is never set. */
  readonly monotonic?: () => number;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  readonly onError?: (error: unknown) => void;
}

interface Held {
  readonly token: number;
  readonly until: number;
}

/**
 * Leases in the vault, by compare-and-set alone. No clock of one machine is compared with that of another: a lease is free for
 * whoever has seen its record unchanged for a whole term, and its holder counts from before it asked for the renewal.
 *
 * A lease makes two processes unlikely to do the same thing at once, and never impossible (a process may be stopped between
 * looking and doing): what is done must be guarded by position, or by the token.
 */
export function createLeases({
  vault,
  names,
  holder,
  termMs = TERM_MS,
  monotonic = () => performance.now(),
  now = Date.now,
  onError,
}: LeasesOptions): Leases {
  const held = new Map<string, Held>();
  /** Since when a record of somebody else has had its version, as this process has seen it. */
  const seen = new Map<string, { readonly version: number; readonly since: number }>();
  const resigned = new Set<string>();
  const changed = createBoard();
  let nextLook: NodeJS.Timeout | undefined;
  let runsOut: NodeJS.Timeout | undefined;
  let looking: Promise<void> | undefined;
  let renewAt = -Infinity;
  let stopped = false;

  const current = (name: string): Held | undefined => {
    const lease = held.get(name);
    return lease && monotonic() < lease.until ? lease : undefined;
  };
  const holds = (token: number, askedAt: number): Held => ({ token, until: askedAt + termMs * TRUSTED_SHARE });

  async function renewOrTake(name: string, record: VaultRecord | undefined, renews: boolean): Promise<void> {
    const stored = record?.value as Stored | undefined;
    const mine = stored?.holder === holder;
    if (mine && !renews && current(name)) return;
    if (!mine) held.delete(name);
    if (resigned.has(name)) return;
    if (record && !mine && stored!.holder !== '' && !isAbandoned(name, record)) return;
    const token = mine ? stored.token : Math.max((stored?.token ?? 0) + 1, Math.floor(now() / 1_000));
    const askedAt = monotonic();
    const value: Stored = { holder, token };
    const won = record ? await vault.replace(KIND, name, record.version, value) : await vault.insert(KIND, name, value);
    if (won) held.set(name, holds(token, askedAt));
    else held.delete(name);
  }

  /** Nobody has renewed it for a whole term, as this process has watched it. */
  function isAbandoned(name: string, { version }: VaultRecord): boolean {
    const known = seen.get(name);
    if (known?.version === version) return monotonic() - known.since >= termMs;
    seen.set(name, { version, since: monotonic() });
    return false;
  }

  async function lookOnce(): Promise<void> {
    const before = new Map(held);
    const renews = monotonic() >= renewAt;
    if (renews) renewAt = monotonic() + RENEW_MS * 0.9;
    try {
      const records = await vault.getMany(KIND, names);
      const outcomes = await Promise.allSettled(names.map((name) => renewOrTake(name, records.get(name), renews)));
      for (const outcome of outcomes) if (outcome.status === 'rejected') onError?.(outcome.reason);
    } catch (error) {
      onError?.(error);
    }
    if (names.some((name) => held.get(name)?.token !== before.get(name)?.token)) changed.tell();
    clearTimeout(runsOut);
    const first = Math.min(...Array.from(held.values(), ({ until }) => until));
    if (Number.isFinite(first)) runsOut = setTimeout(() => changed.tell(), Math.max(0, first - monotonic()) + 1);
  }

  const look = (): Promise<void> => (looking ??= lookOnce().finally(() => (looking = undefined)));

  async function goOn(): Promise<void> {
    await look();
    if (!stopped) nextLook = setTimeout(() => void goOn(), LOOK_MS);
  }

  async function giveBack(name: string): Promise<void> {
    const record = (await vault.getMany(KIND, [name])).get(name);
    const stored = record?.value as Stored | undefined;
    if (!record || stored?.holder !== holder) return;
    await vault.replace(KIND, name, record.version, { holder: '', token: stored.token } satisfies Stored);
  }

  return {
    token: (name) => current(name)?.token,
    onChange: changed.add,
    async resign(name) {
      resigned.add(name);
      if (!held.delete(name)) return;
      changed.tell();
      await looking;
      await giveBack(name).catch((error: unknown) => onError?.(error));
    },
    look,
    start: goOn,
    async stop() {
      stopped = true;
      clearTimeout(nextLook);
      await looking;
      clearTimeout(runsOut);
      const given = [...held.keys()].map(giveBack);
      held.clear();
      for (const outcome of await Promise.allSettled(given)) {
        if (outcome.status === 'rejected') onError?.(outcome.reason);
      }
    },
  };
}
