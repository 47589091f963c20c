import { createBoard } from './listeners.js';
import type { VaultRecord, VaultStore } from '#vault/port.js';

export const LEASE = 'lease';
export const HOLDER = 'lease-holder';

/** How long a lease lasts after it was last renewed, as whoever waits for it counts. */
export const TERM_MS = 2_500;
/** What its holder counts on: less, so that clocks that run at different speeds do no harm. */
const TRUSTED_SHARE = 5 / 6;
const RENEW_MS = 800;
const LOOK_MS = 400;

/** One thing that one process at a time does, as the vault has it. */
export interface StoredLease {
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
  readonly vault: Pick<VaultStore, 'delete' | 'getMany' | 'insert' | 'put' | 'replace'>;
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
 * Leases in the vault, by compare-and-set alone. A process renews all it holds by one heartbeat. No clock of one machine is
 * compared with that of another: a lease is free for whoever has seen its holder's heartbeat unchanged for a whole term, and
 * the holder counts from before it asked for the heartbeat. One whose time was over takes its leases anew, record by record, as
 * anybody would.
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
  const watch = createWatch(monotonic);
  const resigned = new Set<string>();
  const changed = createBoard();
  let nextLook: NodeJS.Timeout | undefined;
  let runsOut: NodeJS.Timeout | undefined;
  let looking: Promise<void> | undefined;
  /** When the last heartbeat that has arrived was asked for. */
  let beatAt = -Infinity;
  let stopped = false;

  const current = (name: string): Held | undefined => {
    const lease = held.get(name);
    return lease && monotonic() < lease.until ? lease : undefined;
  };

  async function beat(): Promise<void> {
    const askedAt = monotonic();
    if (askedAt - beatAt < RENEW_MS) return;
    await vault.put(HOLDER, holder, {}, { relaxed: true }); // without an expiry, which would go by the clocks of two machines
    beatAt = askedAt;
  }

  async function renewOrTake(name: string, record: VaultRecord | undefined): Promise<void> {
    const stored = record?.value as StoredLease | undefined;
    const mine = stored?.holder === holder;
    const until = beatAt + termMs * TRUSTED_SHARE;
    if (mine && current(name)) {
      held.set(name, { token: stored.token, until });
      return;
    }
    held.delete(name);
    if (resigned.has(name)) return;
    if (stored && !mine && stored.holder !== '' && watch.unchangedMs(stored.holder) < termMs) return;
    const token = mine ? stored.token : Math.max((stored?.token ?? 0) + 1, Math.floor(now() / 1_000));
    const value: StoredLease = { holder, token };
    const won = record
      ? await vault.replace(LEASE, name, record.version, value)
      : await vault.insert(LEASE, name, value);
    if (!won) return;
    held.set(name, { token, until });
    if (stored && !mine && stored.holder !== '') await vault.delete(HOLDER, stored.holder);
  }

  async function lookOnce(): Promise<void> {
    const before = new Map(held);
    try {
      await beat();
      const records = await vault.getMany(LEASE, names);
      const others = [...records.values()]
        .map(({ value }) => (value as StoredLease).holder)
        .filter((one) => one !== '');
      const beats = await vault.getMany(HOLDER, [...new Set(others)]);
      for (const other of others) watch.see(other, beats.get(other)?.version);
      const outcomes = await Promise.allSettled(names.map((name) => renewOrTake(name, records.get(name))));
      for (const outcome of outcomes) if (outcome.status === 'rejected') onError?.(outcome.reason);
    } catch (error) {
      onError?.(error);
    }
    if (names.some((name) => held.get(name)?.token !== before.get(name)?.token)) changed.tell();
    clearTimeout(runsOut);
    const first = Math.min(...Array.from(held.values(), ({ until }) => until));
    if (Number.isFinite(first))
      runsOut = setTimeout(() => changed.tell(), Math.max(0, Math.ceil(first - monotonic())) + 2);
  }

  const look = (): Promise<void> => (looking ??= lookOnce().finally(() => (looking = undefined)));

  async function goOn(): Promise<void> {
    await look();
    if (!stopped) nextLook = setTimeout(() => void goOn(), LOOK_MS);
  }

  async function giveBack(name: string): Promise<void> {
    const record = (await vault.getMany(LEASE, [name])).get(name);
    const stored = record?.value as StoredLease | undefined;
    if (!record || stored?.holder !== holder) return;
    await vault.replace(LEASE, name, record.version, { holder: '', token: stored.token } satisfies StoredLease);
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
      for (const outcome of await Promise.allSettled([...given, vault.delete(HOLDER, holder)])) {
        if (outcome.status === 'rejected') onError?.(outcome.reason);
      }
    },
  };
}

/** Heartbeats of others: since when each has been as it is, as this process has seen it. */
function createWatch(monotonic: () => number) {
  const seen = new Map<string, { readonly version: number; readonly since: number }>();
  return {
    /** Undefined: there is none, or it was forgotten when somebody took over from the holder. */
    see(holder: string, version: number | undefined): void {
      const known = seen.get(holder);
      if (!known || (version !== undefined && known.version !== version)) {
        seen.set(holder, { version: version ?? 0, since: monotonic() });
      }
    },
    unchangedMs: (holder: string): number => monotonic() - (seen.get(holder)?.since ?? monotonic()),
  };
}
