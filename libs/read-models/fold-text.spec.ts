import fc from 'fast-check';
import { foldText } from './fold-text.js';

describe('foldText', () => {
  it.each([
    ['  Météo ', 'meteo'],
    ['ÄÖÜ', 'aou'],
    ['ﬁle Ｎｏ１', 'file no1'],
    ['İstanbul', 'istanbul'],
    ['', ''],
  ])('[%s] becomes [%s]', (text, folded) => {
    expect(foldText(text)).toBe(folded);
  });

  it('changes nothing the second time', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => foldText(foldText(text)) === foldText(text)));
  });
});
