import { searchCatalogue } from './search-query.js';
import type { EventNotation } from './testing.js';
import { catalogue } from './views/catalogue.js';
import { search } from './views/search.js';
import { buildReads, type BuiltReads } from './views/testing-reads.js';
import {
  documentMade,
  listedOn,
  on,
  productMade,
  publishedOn,
  specificationMade,
  versionMade,
} from './views/testing.js';

const BLOBS: Readonly<Record<string, string>> = {
  markdown: 'Measure the rain',
  operations: JSON.stringify([
    { path: '/gauges', method: 'get', operation_id: 'listGauges', tags: [], summary: null, deprecated: false },
  ]),
};
const blob = async (sha256: string) => new TextEncoder().encode(BLOBS[sha256]);

/** A product with nothing but a name and a description, listed. */
const listed = (id: string, name: string, description: string | null = null, portals = ['po1']): EventNotation[] => [
  productMade(id, { name, description, public_labels: [] }),
  listedOn(portals, id),
];

const EVENTS: readonly EventNotation[] = [
  ...listed('p1', 'Rain'),
  ...listed('p2', 'Wind', 'Wind and rainfall'),
  ...listed('p3', 'Tides', 'Rain, rain'),
  ...listed('p4', 'Éclair', null, ['po1', 'po2']),
  ...listed('p5', 'Rainbow', 'A secret of the other portal', ['po2']),
  documentMade('d4', { title: 'Guide' }, 'p4'),
  versionMade('v4', 'Autumn', 'p4'),
  specificationMade({}, 'v4', 'p4'),
  publishedOn('po1', 'v4', {}, 'p4'),
  ...listed('p0', 'Rain'),
];

describe('searchCatalogue', () => {
  let reads: BuiltReads;
  beforeAll(async () => {
    reads = await buildReads([catalogue, search], EVENTS, blob);
  });
  afterAll(() => reads.close());

  const find = async (q: string, portal = 'po1', page = { number: 1, size: 10 }) => {
    const { hits, total } = await searchCatalogue(reads, portal, q, page);
    return { ids: hits.map((hit) => hit['product_id']), total };
  };

  it.each(['', '  '])('lists the catalogue by name and id for the empty query [%s]', async (q) => {
    expect(await find(q)).toEqual({ ids: ['p4', 'p0', 'p1', 'p3', 'p2'], total: 5 });
    expect(await find(q, 'po1', { number: 2, size: 2 })).toEqual({ ids: ['p1', 'p3'], total: 5 });
  });

  it('orders by the best place of the word, then by name, then by id', async () => {
    // p0 and p1 by name; p3 (Tides) and p2 (Wind) by description; p4 by a document's text
    expect(await find('rain')).toEqual({ ids: ['p0', 'p1', 'p3', 'p2', 'p4'], total: 5 });
    expect(await find('rain', 'po1', { number: 2, size: 2 })).toEqual({ ids: ['p3', 'p2'], total: 5 });
  });

  it('wants every word, as a prefix, whatever its case and marks', async () => {
    expect(await find('WIND ráinf')).toEqual({ ids: ['p2'], total: 1 });
    expect(await find('wind tides')).toEqual({ ids: [], total: 0 });
    expect(await find('ecl')).toEqual({ ids: ['p4'], total: 1 });
    expect(await find('clair')).toEqual({ ids: [], total: 0 });
  });

  it('shows a portal nothing that it does not list', async () => {
    expect(await find('rainbow')).toEqual({ ids: [], total: 0 });
    expect(await find('rainbow', 'po2')).toEqual({ ids: ['p5'], total: 1 });
  });

  it('finds words of a version where it is published, nowhere else', async () => {
    expect((await find('gauges')).ids).toEqual(['p4']);
    expect((await find('autumn guide')).ids).toEqual(['p4']);
    expect((await find('gauges', 'po2')).ids).toEqual([]);
    expect((await find('guide', 'po2')).ids).toEqual(['p4']);
  });

  it('adds the weights of the words', async () => {
    const events = [
      ...listed('q1', 'Alpha', 'Beta'),
      ...listed('q2', 'Beta Alpha'),
      ...listed('q3', 'Aaa', 'Alpha beta'),
    ];
    const other = await buildReads([catalogue, search], events);
    const { hits } = await searchCatalogue(other, 'po1', 'alpha beta', { number: 1, size: 10 });
    expect(hits.map((hit) => hit['product_id'])).toEqual(['q2', 'q1', 'q3']);
    await other.close();
  });

  it('reads little at once, and lets others have their turn between words', async () => {
    const limits: number[] = [];
    const find: BuiltReads['find'] = (view, query) => {
      limits.push(query.limit);
      return reads.find(view, query);
    };
    let turned = false;
    setImmediate(() => (turned = true));
    const { total } = await searchCatalogue({ ...reads, find }, 'po1', 'wind rain', { number: 1, size: 10 });
    expect([total, turned, Math.max(...limits)]).toEqual([1, true, 2_000]);
  });

  it('finds nothing for a query without a word, and takes long ones', async () => {
    expect(await find('"%_!')).toEqual({ ids: [], total: 0 });
    expect((await find('rain '.repeat(10_000))).ids).toHaveLength(5);
    expect((await find('x'.repeat(100_000))).ids).toEqual([]);
  });

  it('forgets a product that was deleted', async () => {
    const deleted = on('product-p1', 'product.deleted.v1', { reason: null });
    const after = await buildReads([catalogue, search], [...EVENTS, deleted], blob);
    const { total } = await searchCatalogue(after, 'po1', 'rain', { number: 1, size: 10 });
    expect(total).toBe(4);
    await after.close();
  });
});
