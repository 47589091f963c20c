import { LRUCache } from 'lru-cache';
import type { StoredEvent } from '../port.js';
import type { Streams } from './streams.js';

const MAX_STREAMS = 20_000;
const MAX_IDS = 500_000;

/** The ids of a stream's events from its start on, and where they stand. */
interface Known {
  readonly ids: Map<string, number>;
  /** Of the last event known. */
  readonly revision: number;
}

export interface KnownIds {
  /** What was read of or told about a stream, in its order; what does not follow on what is known is passed over. */
  learn(stream: string, events: readonly StoredEvent[]): void;
  /** Whether one of the ids stands in the stream at or below a revision. Reads what is not known yet. */
  includes(stream: string, revision: number, ids: readonly string[]): Promise<boolean>;
}

/**
 * A server stores an event whose id it knows a second time if it comes at the stream's current revision. So before an
 * append the ids of the stream are looked through: normally all at hand, since whoever decides has just read the stream.
 */
export function knownIds(streams: Pick<Streams, 'readStream'>): KnownIds {
  const cache = new LRUCache<string, Known>({
    max: MAX_STREAMS,
    maxSize: MAX_IDS,
    sizeCalculation: ({ ids }) => Math.max(1, ids.size),
  });

  function learn(stream: string, events: readonly StoredEvent[]): void {
    const known = cache.get(stream);
    let revision = known?.revision ?? -1;
    const ids = known?.ids ?? new Map<string, number>();
    for (const event of events) {
      if (event.revision !== revision + 1) continue;
      ids.set(event.id, ++revision);
    }
    if (revision >= 0 && revision !== known?.revision) cache.set(stream, { ids, revision });
  }

  return {
    learn,
    async includes(stream, revision, ids) {
      if (revision < 0) return false;
      const known = cache.get(stream);
      if ((known?.revision ?? -1) < revision) {
        learn(stream, await streams.readStream(stream, { from: (known?.revision ?? -1) + 1 }));
      }
      const at = cache.get(stream)?.ids;
      return ids.some((id) => (at?.get(id) ?? Infinity) <= revision);
    },
  };
}
