/** An event that only occupies a revision, so that an append which is still under way at that place fails. */
export const FENCE = 'gatehouse.fence.v1';

/** Streams of a server log that hold no domain events: its own, and those that Gatehouse keeps claims and the log's id in. */
export const TECHNICAL_STREAMS = '^(\\$|claim-|gatehouse-)';

const technical = new RegExp(TECHNICAL_STREAMS);

/** Never in feed, audit, digest or head. */
export const isTechnical = ({ stream, type }: { readonly stream: string; readonly type: string }): boolean =>
  type === FENCE || type.startsWith('$') || technical.test(stream);
