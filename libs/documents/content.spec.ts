import fc from 'fast-check';
import { decodeContent, decodeMarkdown, decodeText, MAX_CONTENT_BYTES } from './content.js';

const base64 = (text: string | Uint8Array): string => Buffer.from(text).toString('base64');
const textOf = (result: ReturnType<typeof decodeContent>): string | undefined =>
  result.ok ? Buffer.from(result.bytes).toString() : undefined;

describe('decodeContent', () => {
  it('gives back any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        fc.pre(!text.includes('\0'));
        expect(textOf(decodeContent(base64(text)))).toBe(text);
      }),
    );
  });

  it('looks at every piece of a long content', () => {
    const content = base64('a'.repeat(700_000));
    expect(decodeContent(content)).toMatchObject({ ok: true, bytes: { length: 700_000 } });
    const changed = `${content.slice(0, 500_000)}-${content.slice(500_001)}`;
    expect(decodeContent(changed)).toMatchObject({ problem: { code: 'not_base64' } });
  });

  it.each([
    ['line breaks', 'b3Bl\nbmFwaQ=='],
    ['missing padding', 'b3BlbmFwaQ'],
    ['too much padding', 'b3BlbmFwaQ==='],
    ['base64url', Buffer.from('???>>>').toString('base64url')],
    ['bits beyond the end', 'b3BlbmFwaR=='],
    ['other characters', 'openapi: 3.1.0'],
    ['text after the padding', 'YQ==YQ=='],
  ])('refuses %s and names the field', (_, content) => {
    expect(decodeContent(content)).toMatchObject({ ok: false, problem: { code: 'not_base64', field: 'content' } });
  });

  it.each([
    ['not_utf8', Buffer.from([0xc3, 0x28])],
    ['not_utf8', Buffer.from('openapi', 'utf16le').subarray(1)],
    ['not_utf8', Buffer.from([0xed, 0xa0, 0x80])], // a lone surrogate
    ['has_nul', Buffer.from('a\0b')],
  ])('refuses what is no text: %s', (code, bytes) => {
    const result = decodeContent(base64(bytes), 'body');
    expect(result).toMatchObject({ ok: false, problem: { field: 'body' } });
    expect(['not_utf8', 'has_nul']).toContain(!result.ok && result.problem.code);
    if (code === 'has_nul') expect(result).toMatchObject({ problem: { code } });
  });

  it('takes 16 MB and no byte more', () => {
    expect(decodeContent(base64(Buffer.alloc(MAX_CONTENT_BYTES, 'a'))).ok).toBe(true);
    for (const size of [1, 2, 3, 1000]) {
      const result = decodeContent(base64(Buffer.alloc(MAX_CONTENT_BYTES + size, 'a')));
      expect(result).toMatchObject({ ok: false, problem: { code: 'too_large' } });
    }
  });
});

describe('decodeMarkdown', () => {
  it.each([
    ['# Title\n\nText', '# Title\n\nText'],
    [base64('# Title\n\nText with words'), '# Title\n\nText with words'],
    [base64('# Hi'), '# Hi'],
    ['Info', 'Info'],
    ['Overview', 'Overview'],
    ['', ''],
    ['internationalize', 'internationalize'], // strict base64, of bytes that are no text
    ['äöü', 'äöü'],
  ])('reads %j as %j', (content, text) => {
    expect(textOf(decodeMarkdown(content))).toBe(text);
  });

  it('refuses NUL and more than 16 MB in either form', () => {
    expect(decodeMarkdown('a\0b')).toMatchObject({ problem: { code: 'has_nul' } });
    const large = 'word '.repeat(MAX_CONTENT_BYTES / 4);
    expect(decodeMarkdown(large)).toMatchObject({ problem: { code: 'too_large' } });
    expect(decodeMarkdown(base64(large))).toMatchObject({ problem: { code: 'too_large' } });
  });
});

describe('decodeText', () => {
  it('drops a byte order mark', () => {
    expect(decodeText(Buffer.from('\ufeffa'))).toEqual({ ok: true, text: 'a' });
  });
});
