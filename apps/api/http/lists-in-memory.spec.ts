import { listInMemory, matches } from './lists-in-memory.js';
import type { Condition } from '#read-models/port.js';

describe('a list in memory', () => {
  const docs = [
    { id: 'a', size: 2, owner: 'x' },
    { id: 'b', size: 10, owner: null },
    { id: 'c', size: 2 },
    { id: 'd', size: -1, owner: 'xy' },
  ];
  const found = (...where: Condition[]) => docs.filter((doc) => matches(doc, where)).map(({ id }) => id);

  it('judges as a store of views does, null and missing included', () => {
    expect(found({ field: 'owner', op: 'eq', value: null })).toEqual(['b', 'c']);
    expect(found({ field: 'owner', op: 'neq', value: 'x' })).toEqual(['b', 'c', 'd']);
    expect(found({ field: 'owner', op: 'neq', value: null })).toEqual(['a', 'd']);
    expect(found({ field: 'owner', op: 'contains', value: 'x' })).toEqual(['a', 'd']);
    expect(found({ field: 'owner', op: 'containsAny', value: ['y', 'z'] })).toEqual(['d']);
    expect(found({ field: 'owner', op: 'prefix', value: '' })).toEqual(['a', 'd']);
    expect(found({ field: 'owner', op: 'lt', value: 'xx' })).toEqual(['a']);
    expect(found({ field: 'size', op: 'in', value: [2, 3] })).toEqual(['a', 'c']);
    expect(found({ field: 'size', op: 'gte', value: 2 }, { field: 'size', op: 'lte', value: 9 })).toEqual(['a', 'c']);
    expect(found({ field: 'size', op: 'gt', value: 2 })).toEqual(['b']);
  });

  it('sorts with ties by id in the direction of the sort, and pages', () => {
    const query = { size: 2, number: 1, where: [] };
    const page = (change: object) => {
      const { docs: some, total } = listInMemory(docs, { ...query, ...change }, [{ field: 'size' }]);
      return [some.map(({ id }) => id).join(''), total];
    };
    expect(page({})).toEqual(['da', 4]);
    expect(page({ number: 2 })).toEqual(['cb', 4]);
    expect(page({ number: 3 })).toEqual(['', 4]);
    expect(page({ sort: [{ field: 'size', descending: true }], size: 4 })).toEqual(['bcad', 4]);
    expect(page({ sort: [{ field: 'owner' }], size: 4 })).toEqual(['bcad', 4]);
    expect(page({ where: [{ field: 'size', op: 'eq', value: 2 }] })).toEqual(['ac', 2]);
  });
});
