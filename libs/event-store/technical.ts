/** An event that only occupies a revision, so that an append which is still under way at that place fails. */
export const FENCE = 'gatehouse.fence.v1';

/** The streams of a server log that hold domain events: not its own, nor those for claims and the log's id. .NET and JS alike. */
export const DOMAIN_STREAMS = '^(?!\\$|claim-|gatehouse-)';

const domain = new RegExp(DOMAIN_STREAMS);

/** Never in feed, audit, digest or head. */
export const isTechnical = ({ stream, type }: { readonly stream: string; readonly type: string }): boolean =>
  type === FENCE || type.startsWith('$') || !domain.test(stream);
