import { markdownText } from './markdown.js';

describe('markdownText', () => {
  it.each([
    ['# Pets\n\nAll *about* __pets__.', 'Pets All about pets.'],
    ['Title\n=====\n\n> quoted\n> text', 'Title quoted text'],
    ['- [x] done\n- [ ] open\n1. first', 'done open first'],
    ['See [the guide](https://example.com/a "b") and ![logo](logo.png).', 'See the guide and logo .'],
    ['[a]: https://example.com\n\n[text][a]', 'text a'],
    ['```yaml\nkey: snake_case\n```', 'key: snake_case'],
    ['| Name | Type |\n|:---|---|\n| id | uuid |', 'Name Type id uuid'],
    ['<p class="x">Hello <b>you</b></p><!-- not this -->', 'Hello you'],
    ['a < b and c > d &amp; e', 'a < b and c > d & e'],
    ['un*believ*able ~~gone~~ \\*star', 'unbelievable gone star'],
    ['', ''],
  ])('makes %j into words', (markdown, text) => {
    expect(markdownText(markdown)).toBe(text);
  });

  // Would run for minutes if any expression were quadratic.
  it.each([
    '[',
    '](',
    '](a "',
    '<',
    '<!--',
    '<a ',
    '> ',
    '- ',
    '#',
    '`',
    '~',
    '*',
    '_',
    '|',
    '|-',
    ' ',
    '\n ',
    '[a]: ',
    '1. ',
    '\\',
    '&',
  ])('copes with a million characters of %j', (piece) => {
    expect(markdownText(`start ${piece.repeat(1_000_000 / piece.length)}`)).toMatch(/^start/);
  });
});
