import type { Append, ClaimTaken, WrongRevision } from '../port.js';
import type { Claims } from './claims.js';
import type { KnownIds } from './known-ids.js';
import type { Streams, Written } from './streams.js';

/**
 * One attempt to append, in the order that everything depends on: the caller has read the stream up to the expected
 * revision; then the claims are taken; then the events are appended at exactly that revision. A conflict starts at the first.
 */
export async function claimedAppend(
  append: Append,
  { streams, claims, known }: { readonly streams: Streams; readonly claims: Claims; readonly known: KnownIds },
): Promise<Written | WrongRevision | ClaimTaken> {
  const { stream, expectedRevision, events } = append;
  const ids = events.map(({ id }) => id);
  if (await known.includes(stream, expectedRevision, ids)) {
    return { outcome: 'wrong-revision', actualRevision: expectedRevision };
  }
  return (await claims.take(append)) ?? (await streams.append(stream, expectedRevision, events));
}
