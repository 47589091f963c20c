import { LRUCache } from 'lru-cache';
import type { Condition, Doc, Query, ReadModelStore } from './port.js';
import type { Projections } from './projections.js';

/** Read models by the view's name, for answers. */
export interface Reads {
  get(view: string, id: string): Promise<Doc | undefined>;
  /** Missing ones are absent from the map. */
  getMany(view: string, ids: readonly string[]): Promise<ReadonlyMap<string, Doc>>;
  find(view: string, query: Query): Promise<readonly Doc[]>;
  count(view: string, where: readonly Condition[]): Promise<number>;
  /** A page, and how many documents there are on all pages. */
  list(view: string, query: Query): Promise<{ readonly docs: readonly Doc[]; readonly total: number }>;
  waitFor: Projections['waitFor'];
}

/** Of the conditions that totals are kept for, in characters. */
const KEPT_TOTALS = 500_000;

/** Reads from the collection that is current for each view, also across a switch. */
export function createReads(
  store: ReadModelStore,
  projections: Pick<Projections, 'collectionOf' | 'waitFor' | 'status'>,
): Reads {
  const { collectionOf } = projections;
  const totals = new LRUCache<string, number>({ maxSize: KEPT_TOTALS, sizeCalculation: (_, key) => key.length });

  /**
   * Counting takes as long as there are documents. A total is good until the view is known to have moved: whoever waited for
   * a position sees it counted.
   */
  async function total(view: string, collection: string, where: readonly Condition[]): Promise<number> {
    const position = projections.status().find(({ name }) => name === view)?.position;
    const key = `${collection} ${position} ${JSON.stringify(where)}`;
    const known = totals.get(key);
    if (known !== undefined) return known;
    const counted = await store.count(collection, where);
    totals.set(key, counted);
    return counted;
  }

  return {
    get: async (view, id) => store.get(collectionOf(view), id),
    getMany: async (view, ids) => store.getMany(collectionOf(view), ids),
    find: async (view, query) => store.find(collectionOf(view), query),
    count: async (view, where) => store.count(collectionOf(view), where),
    async list(view, query) {
      const collection = collectionOf(view);
      const docs = await store.find(collection, query);
      const skip = query.skip ?? 0;
      const isLastPage = docs.length < query.limit && (docs.length > 0 || skip === 0);
      return { docs, total: isLastPage ? skip + docs.length : await total(view, collection, query.where) };
    },
    waitFor: (position, timeoutMs, views) => projections.waitFor(position, timeoutMs, views),
  };
}
