import { describe, expect, it } from '@jest/globals';
import { changedFields } from './changes.js';
import { fromPairs } from './events.js';
import { updateLabels } from './labels.js';
import { characters, isPlain, isPlainLine, isUri, trimmedCharacters } from './text.js';

describe('texts', () => {
  it('counts code points, without invisible ends where asked to', () => {
    expect(characters('a😀e\u0301')).toBe(4);
    expect(trimmedCharacters(' \u200B a b\uFEFF ')).toBe(3);
  });

  it('tells lines from longer texts', () => {
    expect(isPlainLine('a\u2028b')).toBe(false);
    expect(isPlainLine('invoice\u202efdp.exe')).toBe(false);
    expect(isPlainLine('\u2066a\u2069')).toBe(false);
    expect(isPlainLine('שלום\u200f עולם')).toBe(true);
    expect(isPlain('a\u2028b\r\n\tc')).toBe(true);
    expect(isPlain('a\u0000')).toBe(false);
    expect(isPlain('a\u0085')).toBe(false);
  });

  it.each(['javascript:alert(1)', 'data:,x', 'vbscript:x', 'blob:https://example.org/1', 'file:///etc/passwd'])(
    'never redirects to %s',
    (uri) => expect(isUri(uri, 'redirect')).toBe(false),
  );
});

describe('changes', () => {
  it('keeps what differs, null included, and leaves out what is undefined', () => {
    const now = { a: 1, b: [['k', 'v']], c: 'x' };
    expect(changedFields(now, { a: 1, b: [['k', 'v']], c: null, d: undefined })).toEqual({ c: null });
  });

  it('does not take another order of keys for a change', () => {
    const now = { link: { plane: 'p', id: 'i', lives: { unit: 'days', value: 1 } } };
    expect(changedFields(now, { link: { id: 'i', lives: { value: 1, unit: 'days' }, plane: 'p' } })).toEqual({});
    expect(changedFields(now, { link: { ...now.link, id: 'j' } })).toEqual({ link: { ...now.link, id: 'j' } });
    expect(changedFields({ list: ['a', 'b'] }, { list: ['b', 'a'] })).toEqual({ list: ['b', 'a'] });
  });

  it('merges labels: null removes one, or all', () => {
    const labels = [
      ['10', 'a'],
      ['2', 'b'],
    ] as const;
    expect(updateLabels(labels, undefined)).toBe(labels);
    expect(updateLabels(labels, null)).toEqual([]);
    expect(fromPairs(updateLabels(labels, { '2': null, x: 'y' }))).toEqual({ '10': 'a', x: 'y' });
  });
});
