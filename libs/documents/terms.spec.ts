import fc from 'fast-check';
import { queryTerms, terms } from './terms.js';

describe('terms', () => {
  it.each([
    ['Crème brûlée, CRÈME', ['creme', 'brulee']],
    ['GET /pets/{petId}', ['get', 'pets', 'petid']],
    ['snake_case v2.1', ['snake', 'case', 'v2', '1']],
    ['ﬁne ① Ⅳ', ['fine', '1', 'iv']],
    ['İstanbul', ['istanbul']],
    ['Straße', ['straße']],
    ['東京 한국', ['東京', '한국'.normalize('NFKD')]],
    ['… -- !', []],
  ])('splits %j', (text, expected) => {
    expect(terms(text)).toEqual(expected);
  });

  it('gives the same for the same text in any case or normal form, and for its own result', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const expected = terms(text);
        expect(terms(text.normalize('NFD'))).toEqual(expected);
        expect(terms(text.normalize('NFC'))).toEqual(expected);
        expect(terms(expected.join(' '))).toEqual(expected);
      }),
    );
  });

  it('cuts long words without tearing a character', () => {
    expect(terms('a'.repeat(1_000_000))).toEqual(['a'.repeat(64)]);
    expect(terms('𝒳𐐷'.repeat(100))[0]?.isWellFormed?.() ?? true).toBe(true);
    expect([...terms('𐐷'.repeat(100))[0]!]).toHaveLength(64);
  });
});

describe('queryTerms', () => {
  it('leaves out what another term implies', () => {
    expect(queryTerms('pet pets Petstore api ap')).toEqual(['petstore', 'api']);
  });

  it('leaves out single characters, unless there is nothing else', () => {
    expect(queryTerms('a pet 𐐷')).toEqual(['pet']);
    expect(queryTerms('天 b')).toEqual(['天']);
  });

  it('is bounded', () => {
    expect(queryTerms(Array.from({ length: 300 }, (_, i) => `t${i + 100}`).join(' '))).toHaveLength(8);
    expect(queryTerms('')).toEqual([]);
  });

  it('finds every text by beginnings of its words', () => {
    const word = fc.stringMatching(/^[a-zé0-9]{1,8}$/);
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), fc.nat(8), (words, length) => {
        const query = queryTerms(words.map((w) => w.slice(0, 1 + length)).join(' '));
        const found = terms(words.join(' '));
        expect(query.every((prefix) => found.some((term) => term.startsWith(prefix)))).toBe(true);
      }),
    );
  });
});
