import { LRUCache } from 'lru-cache';
import { atMost } from '#lru/at-most.js';

export type ThrottledAction = 'sign-up' | 'sign-in' | 'reset';

export type Admission =
  | {
      readonly allowed: true;
      /** Counts the attempt no more: it did not fail, or it told nothing (the password could not be looked at). */
      readonly takeBack: () => void;
    }
  | { readonly allowed: false; readonly retryAfterSeconds: number };

export interface Throttle {
  /**
   * Whether an attempt may be made now. One that may counts against account and address at once, as if it had failed, so
   * that many at the same time get no further than many in turn. Sign-ups and resets stay counted.
   */
  check(action: ThrottledAction, account: string, address: string): Admission;
  /** Clears the account and remembers the address as its owner's. Also for a password set through a mail link. */
  succeeded(action: ThrottledAction, account: string, address: string): void;
}

interface Limit {
  /** Attempts that may fail before there is a delay. */
  readonly free: number;
  /** The delay after the first failure beyond; it doubles with each further one. */
  readonly firstSeconds: number;
  readonly maxSeconds: number;
}

/**
 * An account's delay stays short: whoever does not know the password could otherwise keep its owner, at a new address,
 * waiting. An address may stand for a whole office, so it has more free attempts, but long delays.
 */
export const LIMITS: Readonly<Record<'account' | 'address', Limit>> = {
  account: { free: 5, firstSeconds: 1, maxSeconds: 60 },
  address: { free: 20, firstSeconds: 1, maxSeconds: 900 },
};

/** A bucket is forgotten after so long without a failure. */
const FORGET_MS = 3_600_000;
/** For so long after a success an address is exempt from the account's delay. */
const KNOWN_GOOD_MS = 30 * 24 * 3_600_000;
const MAX_ENTRIES = 100_000;

interface Bucket {
  readonly failures: number;
  /** Milliseconds since the epoch. */
  readonly nextAt: number;
}

export interface ThrottleOptions {
  /** Keyed hash, `keyring.hmac('throttle', ...)`: memory holds no address and no e-mail. */
  readonly hash: (text: string) => string;
  readonly now?: () => number;
}

/** Growing delays per account and per address, in this process's memory, bounded. */
export function createThrottle({ hash, now = Date.now }: ThrottleOptions): Throttle {
  const perf = { now };
  const buckets = new LRUCache<string, Bucket>({ ...atMost(MAX_ENTRIES), ttl: FORGET_MS, ttlResolution: 0, perf });
  const knownGood = new LRUCache<string, true>({
    ...atMost(MAX_ENTRIES),
    ttl: KNOWN_GOOD_MS,
    ttlResolution: 0,
    perf,
  });
  const key = (...parts: string[]) => hash(JSON.stringify(parts));
  const pairOf = (account: string, address: string) => key('pair', account, addressGroup(address));

  /** The buckets that an attempt counts in. */
  function bucketsOf(action: ThrottledAction, account: string, address: string): [id: string, limit: Limit][] {
    const own: [string, Limit] = [key('address', action, addressGroup(address)), LIMITS.address];
    if (knownGood.has(pairOf(account, address))) return [own];
    return [own, [key('account', action, account), LIMITS.account]];
  }

  /** Counts one more failure; returns what undoes it. */
  function count(id: string, limit: Limit): () => void {
    const before = buckets.get(id);
    const forgetAt = now() + buckets.getRemainingTTL(id);
    const failures = (before?.failures ?? 0) + 1;
    const counted: Bucket = { failures, nextAt: now() + delayMs(limit, failures) };
    buckets.set(id, counted);
    return () => {
      const present = buckets.get(id);
      if (!present) return;
      if (present !== counted) {
        // Others were counted meanwhile, and stay so.
        const fewer = Math.max(0, present.failures - 1);
        const nextAt = Math.min(present.nextAt, now() + delayMs(limit, fewer));
        buckets.set(id, { failures: fewer, nextAt }, { noUpdateTTL: true });
      } else if (before && forgetAt > now()) buckets.set(id, before, { ttl: forgetAt - now() });
      else buckets.delete(id);
    };
  }

  return {
    check(action, account, address) {
      const entries = bucketsOf(action, account, address);
      const nextAt = Math.max(...entries.map(([id]) => buckets.get(id)?.nextAt ?? 0));
      if (nextAt > now()) return { allowed: false, retryAfterSeconds: Math.ceil((nextAt - now()) / 1000) };
      const counted = entries.map(([id, limit]) => count(id, limit));
      return { allowed: true, takeBack: () => counted.forEach((undo) => undo()) };
    },

    succeeded(action, account, address) {
      // Not the address's bucket: an attacker would clear it by signing in to an account of their own.
      buckets.delete(key('account', action, account));
      knownGood.set(pairOf(account, address), true);
    },
  };
}

/** How long the next attempt waits after so many failures. */
export function delayMs({ free, firstSeconds, maxSeconds }: Limit, failures: number): number {
  return failures < free ? 0 : Math.min(firstSeconds * 2 ** (failures - free), maxSeconds) * 1000;
}

/** One IPv6 customer has a /64 at least (RFC 6177), so that is what counts as one address; IPv4 counts whole. */
export function addressGroup(address: string): string {
  const plain = address
    .toLowerCase()
    .replace(/^::ffff:(?=\d+\.)/, '')
    .replace(/%.*$/, '');
  if (!plain.includes(':')) return plain;
  const [head = '', tail] = plain.split('::');
  const start = head === '' ? [] : head.split(':');
  const end = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - start.length - end.length);
  const groups = [...start, ...new Array<string>(zeros).fill('0'), ...end];
  return `${groups.slice(0, 4).map((group) => group.replace(/^0+(?=.)/, '')).join(':')}::/64`; // prettier-ignore
}
