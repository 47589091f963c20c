import { setImmediate as nextTurn } from 'node:timers/promises';
import { queryTerms } from '#documents/terms.js';
import type { Condition, Doc } from './port.js';
import type { Reads } from './reads.js';
import { entryId } from './views/catalogue.js';
import { versionOfSource, WEIGHTS } from './views/search.js';

/** Matches read for one word of a query, best first; of a short prefix with more matches the weakest are left out. */
const MAX_MATCHES = 2_000;

const WEIGHTS_DOWN = [...new Set<number>(Object.values(WEIGHTS))].sort((a, b) => b - a);

export interface SearchPage {
  /** From 1. */
  readonly number: number;
  readonly size: number;
}

export interface SearchResult {
  /** Documents of the view `catalogue`. */
  readonly hits: readonly Doc[];
  readonly total: number;
}

type SearchReads = Pick<Reads, 'find' | 'list' | 'getMany'>;

/**
 * Products of a portal's catalogue that have, for each word of the query, a word that begins with it, in something that
 * this portal shows. Ordered by weight (the sum over the query's words of the best place each was found in), name and id.
 * An empty query lists the catalogue by name and id; one without any letter or digit finds nothing. `only`: of these products.
 */
export async function searchCatalogue(
  reads: SearchReads,
  portalId: string,
  q: string,
  { number, size }: SearchPage,
  only?: ReadonlySet<string>,
): Promise<SearchResult> {
  const skip = (number - 1) * size;
  if (q.trim() === '') {
    const where: Condition[] = [{ field: 'portal_id', op: 'eq', value: portalId }];
    if (only) where.push({ field: 'product_id', op: 'in', value: [...only] });
    const { docs, total } = await reads.list('catalogue', {
      where,
      sort: [{ field: 'name_folded' }],
      skip,
      limit: size,
    });
    return { hits: docs, total };
  }
  const found = [...(await findProducts(reads, { portalId, only }, queryTerms(q)))].sort(byWeightNameAndId);
  return { hits: found.slice(skip, skip + size).map(({ entry }) => entry), total: found.length };
}

/** A catalogue entry, and what the words looked for so far are worth in it. */
interface Found {
  readonly entry: Doc;
  readonly weight: number;
}

/** Where is searched. */
interface Place {
  readonly portalId: string;
  readonly only: ReadonlySet<string> | undefined;
}

async function findProducts(reads: SearchReads, place: Place, words: readonly string[]): Promise<readonly Found[]> {
  let found: readonly Found[] | undefined;
  // the longest word first: it leaves the fewest candidates
  for (const word of words.toSorted((a, b) => b.length - a.length)) {
    const matches = await matchesOf(reads, word);
    found ??= await candidates(reads, place, [...matches.keys()]);
    found = found.flatMap(({ entry, weight }) => {
      const best = bestShown(matches.get(entry['product_id'] as string) ?? [], entry);
      return best > 0 ? [{ entry, weight: weight + best }] : [];
    });
    if (found.length === 0) break;
    await nextTurn(); // an engine may read without yielding
  }
  return found ?? [];
}

/** Where a word stands that begins as asked, by product. The best places are read first: an index serves one weight each. */
async function matchesOf(reads: SearchReads, prefix: string): Promise<ReadonlyMap<string, readonly Doc[]>> {
  const byProduct = new Map<string, Doc[]>();
  let left = MAX_MATCHES;
  for (const weight of WEIGHTS_DOWN) {
    const where: readonly Condition[] = [
      { field: 'weight', op: 'eq', value: weight },
      { field: 'term', op: 'prefix', value: prefix },
    ];
    const docs = await reads.find('search', { where, sort: [{ field: 'term' }], limit: left });
    for (const doc of docs) {
      const productId = doc['product_id'] as string;
      const places = byProduct.get(productId);
      if (places) places.push(doc);
      else byProduct.set(productId, [doc]);
    }
    left -= docs.length;
    if (left === 0) break;
  }
  return byProduct;
}

/** The products among these that the portal lists, and that may be found. */
async function candidates(
  reads: SearchReads,
  { portalId, only }: Place,
  productIds: readonly string[],
): Promise<Found[]> {
  const entries = await reads.getMany(
    'catalogue',
    productIds.filter((id) => !only || only.has(id)).map((id) => entryId(portalId, id)),
  );
  return Array.from(entries.values(), (entry) => ({ entry, weight: 0 }));
}

/** The best place that the portal shows: words of a version count where that version is published. 0: none. */
function bestShown(places: readonly Doc[], { versions }: Doc): number {
  const shown = new Set((versions as readonly { id: string }[]).map(({ id }) => id));
  const weights = places
    .filter(({ source }) => {
      const version = versionOfSource(source as string);
      return version === undefined || shown.has(version);
    })
    .map(({ weight }) => weight as number);
  return Math.max(0, ...weights);
}

const compare = (a: unknown, b: unknown): number => (a === b ? 0 : (a as string) < (b as string) ? -1 : 1);

const byWeightNameAndId = (a: Found, b: Found): number =>
  b.weight - a.weight ||
  compare(a.entry['name_folded'], b.entry['name_folded']) ||
  compare(a.entry['product_id'], b.entry['product_id']);
