import fc from 'fast-check';
import { safeHref, safeImageUrl } from './links.js';

describe('safeHref', () => {
  it.each([
    'https://a.b/c:d',
    'HTTP://a',
    'mailto:a@b.c',
    'tel:+1',
    '/a:b',
    '#a:b',
    '?a:b',
    'a/b:c',
    '../a',
    '//a.b',
    '',
  ])('keeps %j', (url) => expect(safeHref(url)).toBe(url));

  it.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    ' javascript:alert(1)',
    '\u0001javascript:alert(1)',
    'java\nscript:alert(1)',
    'java\tscript\r:alert(1)',
    '\u200bjavascript:alert(1)',
    'vbscript:msgbox(1)',
    'data:text/html,<script>alert(1)</script>',
    'blob:https://a/b',
    'file:///etc/passwd',
    'javascript&colon;:alert(1)',
    'unknown:x',
    ':x',
  ])('neutralises %j', (url) => expect(safeHref(url)).toBe('#'));

  it('lets nothing through that a browser takes for a script', () => {
    const noise = fc.constantFrom('', ' ', '\t', '\n', '\r', '\0', '\u0001', '\u001f');
    fc.assert(
      fc.property(
        fc.constantFrom('javascript:', 'data:', 'vbscript:'),
        fc.array(noise, { minLength: 12, maxLength: 12 }),
        (scheme, between) => {
          const url = [...scheme].map((c, i) => (between[i] ?? '') + (i % 2 ? c.toUpperCase() : c)).join('') + 'x';
          expect(safeHref(url)).toBe('#');
          expect(safeImageUrl(url)).toBeUndefined();
        },
      ),
    );
  });
});

describe('safeImageUrl', () => {
  it('takes web and relative addresses, and embedded bitmaps', () => {
    for (const url of ['https://a/b.png', 'b.svg', 'data:image/png;base64,iVBORw0KGgo='])
      expect(safeImageUrl(url)).toBe(url);
  });

  it.each(['data:image/svg+xml;base64,PHN2Zz4=', 'data:text/html,x', 'data:image/png,x', 'mailto:a@b.c'])(
    'refuses %j',
    (url) => expect(safeImageUrl(url)).toBeUndefined(),
  );
});
