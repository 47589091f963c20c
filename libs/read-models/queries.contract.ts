import fc from 'fast-check';
import type { Condition, Doc, Query, ReadModelStore } from './port.js';
import { checkpointAt } from './read-models.contract.js';
import type { StoreHarness } from './testing.js';

const DOCS: readonly Doc[] = [
  { id: 'd1', name: 'alpha', folded: 'alpha', size: 1, open: true, owner: 'x' },
  { id: 'd2', name: 'Beta', folded: 'beta', size: 2, open: false, owner: 'x' },
  { id: 'd3', name: 'beta', folded: 'beta', size: 10, open: true, owner: 'y' },
  { id: 'd4', name: 'Ärger', folded: 'arger', size: -3, open: false, owner: null },
  { id: 'd5', name: '\u{10ffff}', folded: '\u{10ffff}z', size: 0, open: true },
  { id: 'd6', name: '\ud7ff', folded: '\ud7ffz', size: 2.5, open: false, owner: 'x' },
  { id: 'd7', name: '50%_*', folded: '50%_*', size: 2, open: true, owner: 'y' },
];

type Case = readonly [description: string, where: readonly Condition[], ids: string];

const CASES: readonly Case[] = [
  ['nothing asked', [], 'd1 d2 d3 d4 d5 d6 d7'],
  ['eq text', [{ field: 'name', op: 'eq', value: 'beta' }], 'd3'],
  ['eq number', [{ field: 'size', op: 'eq', value: 2 }], 'd2 d7'],
  ['eq true', [{ field: 'open', op: 'eq', value: true }], 'd1 d3 d5 d7'],
  ['eq false', [{ field: 'open', op: 'eq', value: false }], 'd2 d4 d6'],
  ['eq null is null or missing', [{ field: 'owner', op: 'eq', value: null }], 'd4 d5'],
  ['eq id', [{ field: 'id', op: 'eq', value: 'd4' }], 'd4'],
  [
    'ids between two',
    [
      { field: 'id', op: 'gt', value: 'd2' },
      { field: 'id', op: 'lt', value: 'd5' },
    ],
    'd3 d4',
  ],
  ['neq matches null and missing', [{ field: 'owner', op: 'neq', value: 'x' }], 'd3 d4 d5 d7'],
  ['neq null', [{ field: 'owner', op: 'neq', value: null }], 'd1 d2 d3 d6 d7'],
  ['neq false', [{ field: 'open', op: 'neq', value: false }], 'd1 d3 d5 d7'],
  ['in texts', [{ field: 'name', op: 'in', value: ['beta', '50%_*', 'none'] }], 'd3 d7'],
  ['in numbers', [{ field: 'size', op: 'in', value: [2.5, -3] }], 'd4 d6'],
  ['in nothing', [{ field: 'name', op: 'in', value: [] }], ''],
  ['contains is exact', [{ field: 'name', op: 'contains', value: 'et' }], 'd2 d3'],
  ['contains has no wildcards', [{ field: 'name', op: 'contains', value: '%_' }], 'd7'],
  ['contains folded', [{ field: 'folded', op: 'contains', value: 'a' }], 'd1 d2 d3 d4'],
  ['contains any', [{ field: 'folded', op: 'containsAny', value: ['et', '50%'] }], 'd2 d3 d7'],
  ['contains any of nothing', [{ field: 'folded', op: 'containsAny', value: [] }], ''],
  [
    'contains any leaves null and missing out',
    [{ field: 'owner', op: 'containsAny', value: ['x', 'y'] }],
    'd1 d2 d3 d6 d7',
  ],
  ['prefix', [{ field: 'folded', op: 'prefix', value: 'be' }], 'd2 d3'],
  ['prefix has no wildcards', [{ field: 'name', op: 'prefix', value: '50%' }], 'd7'],
  ['prefix that is the last character', [{ field: 'folded', op: 'prefix', value: '\u{10ffff}' }], 'd5'],
  ['prefix before the surrogates', [{ field: 'folded', op: 'prefix', value: '\ud7ff' }], 'd6'],
  ['empty prefix', [{ field: 'owner', op: 'prefix', value: '' }], 'd1 d2 d3 d6 d7'],
  ['lt number', [{ field: 'size', op: 'lt', value: 2 }], 'd1 d4 d5'],
  ['lte number', [{ field: 'size', op: 'lte', value: 2 }], 'd1 d2 d4 d5 d7'],
  ['gt number', [{ field: 'size', op: 'gt', value: 2 }], 'd3 d6'],
  ['gte text', [{ field: 'name', op: 'gte', value: 'beta' }], 'd3 d4 d5 d6'],
  ['lt leaves null and missing out', [{ field: 'owner', op: 'lt', value: 'zz' }], 'd1 d2 d3 d6 d7'],
  [
    'all conditions hold',
    [
      { field: 'owner', op: 'eq', value: 'x' },
      { field: 'open', op: 'eq', value: false },
      { field: 'size', op: 'gt', value: 2 },
    ],
    'd6',
  ],
];

const SORTS: readonly (readonly [string, Query['sort'], string])[] = [
  ['by id', undefined, 'd1 d2 d3 d4 d5 d6 d7'],
  ['by id, descending', [{ field: 'id', descending: true }], 'd7 d6 d5 d4 d3 d2 d1'],
  ['by number, ties by id', [{ field: 'size' }], 'd4 d5 d1 d2 d7 d6 d3'],
  ['descending, ties by id descending', [{ field: 'size', descending: true }], 'd3 d6 d7 d2 d1 d5 d4'],
  ['by text in code point order', [{ field: 'name' }], 'd7 d2 d1 d3 d4 d6 d5'],
  ['by folded text', [{ field: 'folded' }], 'd7 d1 d4 d2 d3 d6 d5'],
  ['null and missing first', [{ field: 'owner' }], 'd4 d5 d1 d2 d6 d3 d7'],
  ['by two fields', [{ field: 'owner' }, { field: 'size', descending: true }], 'd5 d4 d6 d2 d1 d3 d7'],
];

/** Filters, order and paging of a store, as the port describes them. */
export function queriesContract(name: string, newHarness: () => Promise<StoreHarness>): void {
  describe(`${name}: queries`, () => {
    let harness: StoreHarness;
    let store: ReadModelStore;
    const idsOf = async (query: Query): Promise<string> =>
      (await store.find('docs_v1', query)).map(({ id }) => id).join(' ');

    beforeAll(async () => {
      harness = await newHarness();
      store = await harness.open();
      await store.ensure('docs_v1', [['name'], ['folded'], ['size'], ['owner', 'size'], ['open']]);
      const writes = [...DOCS].reverse().map((doc, index) => ({ id: doc.id, position: BigInt(index + 1), doc }));
      await store.write('docs_v1', writes, checkpointAt(99n));
    });
    afterAll(async () => {
      await store.close();
      await harness.destroy();
    });

    it.each(CASES)('filters: %s', async (_, where, ids) => {
      expect(await idsOf({ where, limit: 100 })).toBe(ids);
      expect(await store.count('docs_v1', where)).toBe(ids === '' ? 0 : ids.split(' ').length);
    });

    it.each(SORTS)('sorts: %s', async (_, sort, ids) => {
      expect(await idsOf({ where: [], ...(sort && { sort }), limit: 100 })).toBe(ids);
    });

    it('pages through every document once', async () => {
      const page = (skip: number): Promise<string> => idsOf({ where: [], sort: [{ field: 'size' }], skip, limit: 3 });
      expect([await page(0), await page(3), await page(6), await page(9)]).toEqual(['d4 d5 d1', 'd2 d7 d6', 'd3', '']);
    });

    it.each<Condition>([
      { field: 'name', op: 'in', value: 'beta' },
      { field: 'name', op: 'prefix', value: 1 },
      { field: 'name', op: 'contains', value: null },
      { field: 'name', op: 'lt', value: null },
      { field: 'name', op: 'eq', value: ['a'] },
    ])('refuses a condition whose value does not fit: %j', async (condition) => {
      await expect(store.find('docs_v1', { where: [condition], limit: 1 })).rejects.toThrow(
        `condition on name: ${condition.op} takes`,
      );
    });

    it('finds by prefix exactly what starts with it, for any text', async () => {
      const text = fc.string({ unit: 'binary', maxLength: 3 }).filter((s) => !s.includes('\0'));
      let run = 0;
      await fc.assert(
        fc.asyncProperty(fc.uniqueArray(text, { maxLength: 20 }), text, async (names, prefix) => {
          const collection = `prefix_v${(run += 1)}`;
          await store.ensure(collection, [['name']]);
          const docs = names.map((value, index) => ({ id: String(index).padStart(2, '0'), name: value }));
          await store.write(
            collection,
            docs.map((doc) => ({ id: doc.id, position: 1n, doc })),
            checkpointAt(1n),
          );
          const found = await store.find(collection, {
            where: [{ field: 'name', op: 'prefix', value: prefix }],
            limit: 100,
          });
          await store.drop(collection);
          expect(found).toEqual(docs.filter((doc) => doc.name.startsWith(prefix)));
        }),
        { numRuns: 60 },
      );
    });
  });
}
