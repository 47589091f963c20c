import type { ClaimChange } from './port.js';

const NONE: ReadonlySet<string> = new Set();

/** What one event takes and drops, as its metadata says. */
export function claimsIn(metadata: Readonly<Record<string, string>>): ClaimChange | undefined {
  const recorded = metadata['claims'];
  return recorded ? (JSON.parse(recorded) as ClaimChange) : undefined;
}

/** The claim hashes that a stream holds after more of its events. Each event drops before it takes. */
export function heldAfter(
  events: readonly { readonly metadata: Readonly<Record<string, string>> }[],
  held: ReadonlySet<string> = NONE,
): ReadonlySet<string> {
  for (const { metadata } of events) {
    const change = claimsIn(metadata);
    if (!change) continue;
    const next = new Set(held);
    for (const hash of change.drop) next.delete(hash);
    for (const hash of change.take) next.add(hash);
    held = next;
  }
  return held;
}
