import { passable } from './unknown-events.js';

const rule = { select: () => ({}), reduce: () => new Map() };
const rules = { 'app.made.v1': rule, 'app.made.v2': rule, 'dcr-provider.edited.v1': rule };

describe('an event type without a rule', () => {
  it.each([
    ['app.made.v3', false],
    ['app.made.v0', true],
    ['app.painted.v1', true],
    ['dcr-provider.edited.v2', false],
    ['other.made.v9', true],
    ['no version', true],
  ])('%s may be passed over: %s', (type, expected) => {
    expect(passable(rules)(type)).toBe(expected);
  });

  it.each([
    ['app.painted.v1', true],
    ['app.repainted.v1', false],
    ['dcr-provider.renamed.v1', false],
    ['team.made.v1', true],
  ])('where the release knows its types, %s may be passed over: %s', (type, expected) => {
    const known = new Set([...Object.keys(rules), 'app.painted.v1']);
    expect(passable(rules, (each) => known.has(each))(type)).toBe(expected);
  });
});
