import { invalid } from './problem.js';

const faults = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ field: `f${n}`, reason: 'is not known', rule: 'unknown_property' }));

describe('fields at fault', () => {
  it('are all named while they are few', () => {
    const { detail, options } = invalid(...faults(20));
    expect(options.invalid).toHaveLength(20);
    expect(detail.endsWith('f19 is not known')).toBe(true);
  });

  it('are named up to twenty, with the number of the others', () => {
    const { detail, options } = invalid(...faults(5000));
    expect(options.invalid).toEqual(faults(20));
    expect(detail.endsWith('f19 is not known; and 4980 more')).toBe(true);
  });
});
