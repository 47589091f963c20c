import { listParameters, parseList, type ListSpec } from './lists.js';
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
    ['sort', 'constructor', 'enum'],
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
