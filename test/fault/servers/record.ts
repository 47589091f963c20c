import type { Engines } from '../../../apps/engines/open.js';
import { patiently } from '../../../apps/engines/patience.js';
import type { ClaimChange, StoredEvent } from '#event-store/port.js';
import type { LogContents } from '../engine-files.js';
import { groupBy } from '../group-by.js';

const AT_ONCE = 16;
/** The harness's own connections were cut by the kills, too. */
const PATIENCE = { patienceMs: 30_000 };

type Store = Pick<Engines, 'store'>;

export const readServerEvents = ({ store }: Store): Promise<readonly StoredEvent[]> =>
  patiently(() => store.readAll({ after: 0n, limit: Number.MAX_SAFE_INTEGER }), PATIENCE);

/** Everything in a server's log, and who holds each value that was ever taken. */
export async function readServerLog(engines: Store): Promise<LogContents> {
  const { store } = engines;
  const events = await readServerEvents(engines);
  const hashes = new Set(events.flatMap(({ metadata }) => takenIn(metadata['claims'])));
  const claims = new Map<string, string>();
  const queue = hashes.values();
  async function look(): Promise<void> {
    for (const hash of queue) {
      const owner = await patiently(() => store.ownerOf(hash), PATIENCE);
      if (owner !== undefined) claims.set(hash, owner);
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, look));
  return { logId: store.logId, events, claims, damage: damageIn(events) };
}

const takenIn = (claims: string | undefined): readonly string[] =>
  claims === undefined ? [] : (JSON.parse(claims) as ClaimChange).take;

/** Order, and events that are there twice. Revisions may have gaps: fences take some. */
function damageIn(events: readonly StoredEvent[]): string[] {
  const isRising = (values: readonly (number | bigint)[]) =>
    values.every((value, i) => i === 0 || value > values[i - 1]!);
  const streams = [...groupBy(events, ({ stream }) => stream)];
  return [
    ...(isRising(events.map(({ position }) => position)) ? [] : ['positions are out of order']),
    ...(new Set(events.map(({ id }) => id)).size === events.length ? [] : ['an event is in the log twice']),
    ...streams
      .filter(([, own]) => !isRising(own.map(({ revision }) => revision)))
      .map(([stream]) => `revisions of ${stream} are out of order`),
  ];
}
