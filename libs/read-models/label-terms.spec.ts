import { labelConditions, labelTerms } from './label-terms.js';

const finds = (filter: string, labels: readonly [string, string][]): boolean =>
  labelConditions('labels', filter).every(({ value }) => labelTerms(labels).includes(String(value)));

describe('a filter by labels', () => {
  const labels: [string, string][] = [
    ['env', 'test'],
    ['team', 'a.b'],
  ];

  it.each(['env', 'env:test', 'env:test,team', ' team:a.b , env ', ''])('%j finds', (filter) => {
    expect(finds(filter, labels)).toBe(true);
  });

  it.each(['en', 'test', 'env:tes', 'env:test,gone', 'nv:test', 'env:team'])('%j does not', (filter) => {
    expect(finds(filter, labels)).toBe(false);
  });

  it('finds nothing where there are no labels', () => {
    expect(finds('env', [])).toBe(false);
  });
});
