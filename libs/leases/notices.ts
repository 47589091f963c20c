import type { VaultStore } from '#vault/port.js';

const DAY_MS = 86_400_000;
const PAGE = 500;

/** What the holder of a lease says of what it does, for whoever does not do it itself. */
export interface Notice {
  /** Of the lease. */
  readonly name: string;
  /** Under which it was held: of two about one lease, that with the greater token counts. */
  readonly token: number;
  /** JSON; neither personal data nor secrets. */
  readonly value: unknown;
}

/** What is said of one lease. */
export interface Heard extends Notice {
  /** How long its holder has said nothing at all, in ms, as this process has watched. */
  readonly silentMs: number;
}

interface Stored {
  readonly notices: readonly Notice[];
}

/** Everything that one process says, in one record: replaces what it said before. Kept for a day after the last time. */
export async function publish(
  vault: Pick<VaultStore, 'put'>,
  kind: string,
  holder: string,
  notices: readonly Notice[],
  now: () => number,
): Promise<void> {
  const value: Stored = { notices };
  await vault.put(kind, holder, value, { expiresAt: now() + DAY_MS, relaxed: true });
}

export interface Listener {
  /** The newest of each lease, by its name. One query. */
  hear(): Promise<ReadonlyMap<string, Heard>>;
}

export interface ListenerOptions {
  readonly vault: Pick<VaultStore, 'list'>;
  readonly kind: string;
  readonly monotonic?: () => number;
}

/** Hears what all processes publish. Silence is counted by this process's clock, from the first time that it has looked. */
export function createListener({ vault, kind, monotonic = () => performance.now() }: ListenerOptions): Listener {
  const heard = new Map<string, { readonly version: number; readonly at: number }>();
  return {
    async hear() {
      const records = await vault.list(kind, { limit: PAGE });
      const now = monotonic();
      const newest = new Map<string, Heard>();
      for (const { id, version, value } of records) {
        if (heard.get(id)?.version !== version) heard.set(id, { version, at: now });
        const silentMs = now - heard.get(id)!.at;
        for (const notice of (value as Stored).notices) {
          if ((newest.get(notice.name)?.token ?? -1) < notice.token) newest.set(notice.name, { ...notice, silentMs });
        }
      }
      return newest;
    },
  };
}
