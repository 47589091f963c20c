import { listInMemory, listParameters, matches, parseList, type ListSpec } from './lists.js';
import type { Condition } from '#read-models/port.js';

const SPEC: ListSpec = {
  filter: {
    name: { ops: ['eq', 'contains', 'ocontains', 'oeq'] },
    status: { ops: ['eq', 'contains'], choices: ['on', 'off'], lowerCase: true },
    owner: { ops: ['oeq'], uuid: true, field: 'owner_id' },
    at: { ops: ['eq', 'lt'], date: true },
    open: { ops: [], boolean: true },
  },
  sort: { name: 'name_folded' },
};

describe('a list query', () => {
  it.each<[string, string, Condition]>([
    ['filter[name]', 'Ä', { field: 'name', op: 'eq', value: 'Ä' }],
    ['filter[name][contains]', 'Ä ', { field: 'name_folded', op: 'contains', value: 'a' }],
    ['filter[name][ocontains]', 'X, y', { field: 'name_folded', op: 'containsAny', value: ['x', 'y'] }],
    ['filter[name][oeq]', 'X, y', { field: 'name', op: 'in', value: ['X', 'y'] }],
    ['filter[status][contains]', 'O', { field: 'status', op: 'contains', value: 'o' }],
    [
      'filter[owner][oeq]',
      'A0000000-0000-4000-8000-00000000000A',
      { field: 'owner_id', op: 'in', value: ['a0000000-0000-4000-8000-00000000000a'] },
    ],
    ['filter[at][lt]', '2026-01-01T01:00:00+01:00', { field: 'at', op: 'lt', value: '2026-01-01T00:00:00.000Z' }],
    ['filter[open]', 'false', { field: 'open', op: 'eq', value: false }],
  ])('%s=%s', (name, value, condition) => {
    expect(Object.keys(listParameters(SPEC))).toContain(name);
    expect(parseList({ [name]: value }, SPEC).where).toEqual([condition]);
  });

  it.each([
    ['filter[status]', 'half', 'enum'],
    ['filter[at]', '2026-13-01', 'is_date_time'],
    ['filter[at][lt]', 'March 7', 'is_date_time'],
    ['filter[open]', '1', 'is_boolean'],
    ['filter[owner]', 'me', 'is_uuid'],
    ['sort', 'status', 'enum'],
    ['page[size]', '101', 'max'],
  ])('refuses %s=%s', (field, value, rule) => {
    let problem: unknown;
    try {
      parseList({ [field]: value }, SPEC);
    } catch (error) {
      problem = error;
    }
    expect(problem).toMatchObject({ status: 400, options: { invalid: [{ field, rule, source: 'query' }] } });
  });
});

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
