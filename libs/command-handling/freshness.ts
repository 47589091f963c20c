import type { EventStore } from '#event-store/port.js';

/**
 * How far what this process keeps in memory of the log may be trusted. `fresh`: it has seen everything that was in the log a
 * bound ago. `behind`: it may not have, and the log can be asked. `unreachable`: the log does not answer either.
 */
export type Trust = 'fresh' | 'behind' | 'unreachable';

export interface Freshness {
  trust(): Trust;
  /** Milliseconds since the moment whose log this process is known to have seen; 0 where it writes the log itself. */
  age(): number;
  close(): void;
}

/** Of the process that alone writes its log: it has seen everything. */
const ALWAYS_FRESH: Freshness = { trust: () => 'fresh', age: () => 0, close: () => undefined };

export interface FreshnessOptions {
  /** Default 2,000 ms. */
  readonly boundMs?: number;
  /** Milliseconds that only grow. Default: this process's own. */
  readonly clock?: () => number;
}

/**
 * Follows a log that other processes write, too: reads its head every second (or twice per bound) and looks whether the
 * subscription has brought everything up to there. What matters is the time when the head was asked for.
 */
export function watchFreshness(
  store: Pick<EventStore, 'head' | 'standing'>,
  { boundMs = 2_000, clock = () => performance.now() }: FreshnessOptions = {},
): Freshness {
  const { standing } = store;
  if (!standing) return ALWAYS_FRESH;
  const everyMs = Math.min(1_000, boundMs / 2);
  let targets: { readonly asked: number; readonly head: bigint }[] = [];
  let seenAt = -Infinity;
  let answeredAt = clock();
  let failing = false;
  let underWay = 0;

  function look(): void {
    const { position } = standing!();
    for (const { asked, head } of targets) if (position >= head) seenAt = Math.max(seenAt, asked);
    targets = targets.filter(({ asked }) => asked > seenAt && asked > clock() - boundMs);
  }

  async function ask(): Promise<void> {
    if (underWay >= 5) return;
    underWay += 1;
    const asked = clock();
    const late = setTimeout(() => (failing = true), everyMs).unref();
    try {
      const head = await store.head();
      look();
      targets.push({ asked, head });
      answeredAt = Math.max(answeredAt, asked);
      failing = false;
    } catch {
      failing = true;
    } finally {
      clearTimeout(late);
      underWay -= 1;
    }
  }

  const timer = setInterval(() => void ask(), everyMs).unref();
  void ask();
  return {
    trust() {
      const oldest = clock() - boundMs;
      // A target less than the bound old was looked for only when it came in.
      if (targets.length > 0) look();
      if (seenAt >= oldest) return 'fresh';
      return failing && answeredAt < oldest ? 'unreachable' : 'behind';
    },
    age() {
      look();
      return clock() - seenAt;
    },
    close: () => clearInterval(timer),
  };
}
