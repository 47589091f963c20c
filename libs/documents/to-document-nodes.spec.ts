import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { parse } from 'yaml';
import type { DocumentNode } from './document-nodes.js';
import { MAX_MARKDOWN_CHARACTERS, toDocumentNodes } from './to-document-nodes.js';

const published = fileURLToPath(new URL('../../node_modules/@kong/sdk-portal-js/openapi.yaml', import.meta.url));
const ajv = new Ajv({ strict: false, validateFormats: false });
ajv.addSchema(parse(readFileSync(published, 'utf8')) as object, 'portal');
const isDocument = ajv.compile({ $ref: 'portal#/components/schemas/DocumentBlock' });

const nodesOf = (markdown: string): readonly DocumentNode[] => {
  const result = toDocumentNodes(markdown);
  if (!result.ok) throw new Error(result.problem.code);
  return result.document.children;
};
const inlineOf = (markdown: string) => (nodesOf(markdown)[0] as { children: readonly DocumentNode[] }).children;
const text = (value: string, more: object = {}) => ({ type: 'text', text: value, ...more });

const EVERYTHING = `# Title *with* emphasis

A **bold** ~~gone~~ \`code\` [link](https://a.b "t") ![logo](/l.png "T") https://auto.link
next line  \nafter a break

> quote
> - nested

1. one
2. two

- [x] done
- [ ] open

---

\`\`\`yaml
a: 1
b: 2
\`\`\`

    indented

| A | B | C | D |
|:--|--:|:-:|---|
| 1 | *2* | 3 |

<div>raw <b>html</b></div>

See[^1] and [ref][r] ![ref][r].

[^1]: The note.
[r]: /target "Title"
`;

describe('toDocumentNodes', () => {
  it('makes documents as the published OpenAPI document of the portal API describes them', () => {
    const result = toDocumentNodes(EVERYTHING);
    expect(result.ok && isDocument(result.document)).toBe(true);
    expect(isDocument({ type: 'document', version: '1', children: [{ type: 'unknown' }] })).toBe(false);
  });

  it.each<[string, string, object[]]>([
    [
      'headings',
      '### A\n\nB\n=',
      [
        { type: 'heading', level: 3, children: [text('A')] },
        { type: 'heading', level: 1, children: [text('B')] },
      ],
    ],
    ['an empty heading, which still has a text', '#', [{ type: 'heading', level: 1, children: [text('')] }]],
    ['quotes', '> a', [{ type: 'blockquote', children: [{ type: 'paragraph', children: [text('a')] }] }]],
    ['breaks', '***', [{ type: 'break' }]],
    [
      'code',
      '```js x\na\n\nb\n```',
      [{ type: 'code_block', lang: 'js', children: [text('a\n'), text('\n'), text('b')] }],
    ],
    ['code without a proper language', '```"><b>\na\n```', [{ type: 'code_block', children: [text('a')] }]],
    [
      'tight lists',
      '1. a\n2. b',
      [
        {
          type: 'list',
          isOrdered: true,
          children: ['a', 'b'].map((t) => ({
            type: 'list_item',
            children: [{ type: 'text_block', children: [text(t)] }],
          })),
        },
      ],
    ],
    [
      'loose lists',
      '- a\n\n- b',
      [
        {
          type: 'list',
          isOrdered: false,
          children: ['a', 'b'].map((t) => ({
            type: 'list_item',
            children: [{ type: 'paragraph', children: [text(t)] }],
          })),
        },
      ],
    ],
    [
      'tasks',
      '- [x] a',
      [
        {
          type: 'list',
          isOrdered: false,
          children: [
            {
              type: 'list_item',
              children: [{ type: 'text_block', children: [{ type: 'task_checkbox', checked: true }, text('a')] }],
            },
          ],
        },
      ],
    ],
    [
      'tables',
      '| A | B |\n|:-:|---|\n| 1 |',
      [
        {
          type: 'table',
          alignments: ['center', 'none'],
          children: [
            {
              type: 'table_header',
              alignments: ['center', 'none'],
              children: [
                { type: 'table_cell', alignment: 'center', children: [text('A')] },
                { type: 'table_cell', alignment: 'none', children: [text('B')] },
              ],
            },
            {
              type: 'table_row',
              alignments: ['center', 'none'],
              children: [{ type: 'table_cell', alignment: 'center', children: [text('1')] }],
            },
          ],
        },
      ],
    ],
  ])('makes %s', (_, markdown, nodes) => {
    expect(nodesOf(markdown)).toEqual(nodes);
  });

  it.each<[string, string, object[]]>([
    [
      'emphasis',
      '*a* **b**',
      [
        { type: 'emphasis', level: 1, children: [text('a')] },
        text(' '),
        { type: 'emphasis', level: 2, children: [text('b')] },
      ],
    ],
    ['strikethrough', '~~a~~', [{ type: 'strikethrough', children: [text('a')] }]],
    ['code', '`a`', [{ type: 'code', children: [text('a')] }]],
    ['links', '[a](/b "c")', [{ type: 'link', href: '/b', title: 'c', children: [text('a')] }]],
    [
      'references, the first definition winning',
      '[a]\n\n[a]: /1\n[a]: /2',
      [{ type: 'link', href: '/1', children: [text('a')] }],
    ],
    ['images', '![a](/b)', [{ type: 'image', url: '/b', alt: 'a' }]],
    ['soft breaks', 'a\nb', [text('a', { softBreak: true }), text('b')]],
    ['hard breaks', 'a\\\nb<br>c', [text('a', { hardBreak: true }), text('b', { hardBreak: true }), text('c')]],
    [
      'hard breaks after emphasis',
      '*a*  \nb',
      [{ type: 'emphasis', level: 1, children: [text('a')] }, text('', { hardBreak: true }), text('b')],
    ],
  ])('makes %s within a line', (_, markdown, nodes) => {
    expect(inlineOf(markdown)).toEqual(nodes);
  });

  describe('hostile Markdown', () => {
    it.each([
      '[a](javascript:alert(1))',
      '[a](java&#115;cript:alert(1))',
      '[a](java&Tab;script:alert(1))',
      '[a](<javascript:alert(1)>)',
      '[a][b]\n\n[b]: javascript:alert(1)',
      '[a](data:text/html,x)',
      '[a](VBSCRIPT:x)',
      '<javascript:alert(1)>',
      '> * [a](javascript:alert(1))',
    ])('%s leads nowhere', (markdown) => {
      const json = JSON.stringify(nodesOf(markdown));
      expect(json).toContain('"href":"#"');
      expect(json).not.toMatch(/"(href|url)":"[^"]*script/i);
    });

    it.each(['![a](javascript:x)', '![a][b]\n\n[b]: data:image/svg+xml,x'])(
      '%s is its description only',
      (markdown) => {
        expect(inlineOf(markdown)).toEqual([text('a')]);
      },
    );

    it.each<[string, object[]]>([
      ['<script>alert(1)</script>', []],
      ['<script>\nalert(1)', []],
      ['<style>a{}</style>', []],
      ['<!-- secret -->', []],
      ['<div onclick="x">Shown <b>text</b></div>', [{ type: 'paragraph', children: [text('Shown text')] }]],
      ['<img src=x onerror=alert(1)>', []],
    ])('of %s only text remains', (markdown, nodes) => {
      expect(nodesOf(markdown)).toEqual(nodes);
    });

    it('keeps no tags within a line', () => {
      expect(JSON.stringify(inlineOf('a <b onclick="x">c</b> <img src=x onerror=y> d'))).not.toMatch(
        /[<>]|onclick|onerror/,
      );
    });

    it.each([
      ['quotes', '>'.repeat(150)],
      ['lists', Array.from({ length: 150 }, (_, i) => `${'  '.repeat(i)}- a`).join('\n')],
      ['emphasis', `${'*a **b '.repeat(100)}${'** *'.repeat(100)}`],
      ['links and images', `${'![a '.repeat(300)}${'](b)'.repeat(300)}`],
    ])('%s in one another are refused or flat, and no stack runs over', (_, markdown) => {
      const result = toDocumentNodes(markdown);
      if (!result.ok) expect(result.problem.code).toBe('too_deep');
      else expect(JSON.stringify(result.document).length).toBeLessThan(100_000);
    });

    it('refuses 150 quotes in one another, and takes 50', () => {
      expect(toDocumentNodes('>'.repeat(150) + 'a')).toMatchObject({ problem: { code: 'too_deep' } });
      expect(toDocumentNodes('>'.repeat(50) + 'a').ok).toBe(true);
    });

    it('refuses what runs the parser out of stack', () => {
      expect(toDocumentNodes('> '.repeat(20_000))).toMatchObject({ problem: { code: 'too_deep' } });
    });

    it('refuses what multiplies itself', () => {
      const references = `[a]: /${'x'.repeat(20_000)}\n\n${'[a] '.repeat(300)}`;
      expect(toDocumentNodes(references)).toMatchObject({ problem: { code: 'too_large' } });
      const table = `${'a|'.repeat(2_000)}\n${'-|'.repeat(2_000)}\n${'a|\n'.repeat(300)}`;
      expect(toDocumentNodes(table)).toMatchObject({ problem: { code: 'too_large' } });
    });

    it('refuses what is too long', () => {
      const result = toDocumentNodes('a'.repeat(MAX_MARKDOWN_CHARACTERS + 1));
      expect(result).toMatchObject({ problem: { code: 'too_large' } });
    });

    it('makes valid documents of anything', () => {
      const pieces = fc.constantFrom(
        '*',
        '_',
        '`',
        '[',
        ']',
        '(',
        ')',
        '!',
        '<',
        '>',
        '|',
        '-',
        '#',
        '~',
        '\n',
        '\n\n',
        '  ',
        '    ',
        ':',
        '1.',
        '[^a]',
        '[a]:',
        '<br>',
        '\\',
        'a',
        'javascript:',
        '- [ ] ',
        '|-|',
      );
      fc.assert(
        fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
          const result = toDocumentNodes(parts.join(''));
          expect(result.ok && isDocument(result.document)).toBe(true);
          expect(JSON.stringify(result)).not.toMatch(/"(href|url)":"javascript/i);
        }),
        { numRuns: 300 },
      );
    });
  });
});
