import { changesBetween } from './changes.js';

describe('changesBetween', () => {
  const kept = { id: 'k', status: 'approved' };

  it('says what came, went and became different, by the id of the thing', () => {
    const before = { name: 'A', labels: [['a', 'b']], list: [kept, { id: 'x', status: 'pending' }, { id: 'y', n: 1 }] };
    const after = { name: 'A', labels: [['a', 'c']], list: [kept, { id: 'x', status: 'approved' }, { id: 'z', n: 2 }] };
    expect(changesBetween(before, after)).toEqual({
      labels: { from: { a: 'b' }, to: { a: 'c' } },
      'list.x.status': { from: 'pending', to: 'approved' },
      'list.y.n': { from: 1, to: null },
      'list.z.n': { from: null, to: 2 },
    });
  });

  it('says nothing of what is equal, or empty before and after', () => {
    const before = { ids: ['a'], list: [], text: null };
    const after = { ids: ['a'], list: [{ id: 'x', list: [] }], text: '' };
    expect(changesBetween(before, after)).toEqual({});
  });

  it('does not look into what an event left alone', () => {
    const untouched = {
      id: 'u',
      get status(): string {
        throw new Error('was looked into');
      },
    };
    const changes = changesBetween({ one: untouched, list: [untouched] }, { one: untouched, list: [untouched, kept] });
    expect(Object.keys(changes)).toEqual(['list.k.status']);
  });
});
