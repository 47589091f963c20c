import { HOLDER, LEASE, type StoredLease } from './leases.js';
import { REQUEST } from './requests.js';

/**
 * A record of leases for a vault that was moved, where no process of before has anything to do: leases are free, with tokens that
 * go on growing. Undefined: it is not needed there. Records of other kinds are as they are.
 */
export function movedLease(kind: string, value: unknown): unknown {
  if (kind === HOLDER || kind === REQUEST) return undefined;
  return kind === LEASE ? ({ holder: '', token: (value as StoredLease).token } satisfies StoredLease) : value;
}

/** Kinds of records that a running process keeps writing. */
export const HEARTBEAT = HOLDER;
