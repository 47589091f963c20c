import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { canonicalBody, canonicalJson, digest, NotCanonical } from './canonical.js';

const body = (data: Record<string, unknown>, metadata: Record<string, string> = {}) => ({
  type: 'application.created.v1',
  data,
  metadata,
});

const golden =
  '{"data":{"labels":[["10","a"],["2","😀"]],"name":"line\u2028end","nul":"a\\u0000b"},' +
  '"metadata":{"$causationId":"c","portal":"p"},"type":"application.created.v1"}';

describe('canonical form', () => {
  it('is the golden text, whatever the order of keys', () => {
    const event = {
      type: 'application.created.v1',
      metadata: { portal: 'p', $causationId: 'c' },
      data: {
        nul: 'a\u0000b',
        name: 'line\u2028end',
        labels: [
          ['10', 'a'],
          ['2', '😀'],
        ],
      },
    };
    expect(canonicalBody(event)).toBe(golden);
    expect(digest(event)).toBe(createHash('sha256').update(golden, 'utf8').digest('hex'));
    expect(digest(event)).toBe('a302ab62fa805e45c058df078bb3a611fb41db46bdde1df1fcc4f7ae8502b453');
  });

  it('survives parsing', () => {
    expect(canonicalBody(JSON.parse(golden))).toBe(golden);
  });

  it('sorts integer-like keys as text and others by UTF-16 code units (RFC 8785, 3.2.3)', () => {
    const value = { 2: 0, 10: 0, '\ufb33': 0, '😀': 0, é: 0, a: 0, A: 0 };
    expect(Object.keys(JSON.parse(canonicalJson(value)) as object)).toHaveLength(7);
    expect(canonicalJson(value)).toBe('{"10":0,"2":0,"A":0,"a":0,"é":0,"😀":0,"\ufb33":0}');
  });

  it('keeps a member called __proto__ and one called toJSON', () => {
    expect(canonicalJson(JSON.parse('{"toJSON":"x","__proto__":{"a":1}}'))).toBe('{"__proto__":{"a":1},"toJSON":"x"}');
  });

  it('writes minus zero as zero and the largest safe integers exactly', () => {
    expect(canonicalJson([-0, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER])).toBe(
      '[0,9007199254740991,-9007199254740991]',
    );
  });

  it.each([
    ['a high surrogate alone', { a: { b: ['x', 'secret \ud83d'] } }, 'data.a.b[1]'],
    ['a low surrogate alone', { a: 'secret \ude00' }, 'data.a'],
    ['surrogates in the wrong order', { a: 'secret \ude00\ud83d' }, 'data.a'],
    ['an ill-formed key', { a: { '\ud83d': 1 } }, 'data.a'],
    ['a fraction', { a: 0.5 }, 'data.a'],
    ['an unsafe integer', { a: 2 ** 53 }, 'data.a'],
    ['NaN', { a: NaN }, 'data.a'],
    ['Infinity', { a: -Infinity }, 'data.a'],
    ['undefined', { a: undefined }, 'data.a'],
    ['a hole in an array', { a: [1, , 3] }, 'data.a[1]'],
    ['a function', { a: () => 'secret' }, 'data.a'],
    ['a symbol', { a: Symbol('secret') }, 'data.a'],
    ['a bigint', { a: 1n }, 'data.a'],
    ['a date', { a: new Date(0) }, 'data.a'],
    ['a map', { a: new Map() }, 'data.a'],
  ])('refuses %s, naming where and not what', (_, data, path) => {
    const attempt = () => canonicalBody(body(data));
    expect(attempt).toThrow(NotCanonical);
    expect(attempt).toThrow(path);
    expect(attempt).not.toThrow(/secret/);
  });

  it('refuses a cycle, and nesting that a reader could not take', () => {
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    expect(() => canonicalBody(body(cycle))).toThrow(/nested deeper/);
  });

  it('refuses metadata that is not a flat map of strings', () => {
    const metadata = { nested: {} } as unknown as Record<string, string>;
    expect(() => canonicalBody(body({}, metadata))).toThrow('metadata.nested is not a string');
  });
});
