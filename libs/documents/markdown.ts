import { withoutTags } from './html.js';

/** Each expression is linear in its input: every repetition excludes what would start the match again. */
const MARKS: readonly (readonly [RegExp, string])[] = [
  // Targets of links and images, keeping their texts; definitions; the language of a code block.
  [/\]\([^()\s]*(?:\s+"[^"]*")?\)/g, ' '],
  [/^ {0,3}\[[^[\]\n]*\]:.*$/gm, ' '],
  [/^ {0,3}(?:`{3,}|~{3,}).*$/gm, ' '],
  // Marks at the start of a line: headings, quotes, list items, task boxes, underlines, table rules.
  [/^[ \t>]*(?:#{1,6}|[-+*]|\d{1,9}[.)])[ \t]+/gm, ' '],
  [/^[ \t>]+/gm, ' '],
  [/^[-=|: \t]+$/gm, ' '],
  // Marks within a line.
  [/\\(?=[!-/:-@[-`{-~])/g, ''],
  [/[*`~]+/g, ''],
  [/(?<![\p{L}\p{N}])_+|_+(?![\p{L}\p{N}])/gu, ''],
  [/!?\[[ xX]?\]?|\]|\|/g, ' '],
  [/\s+/g, ' '],
];

/**
 * The words of Markdown without its marks, link targets and HTML tags, on one line, for search. Approximate by design: time
 * linear in the input whatever the input, where a parser's is not. What is shown to people is made by toDocumentNodes.
 */
export const markdownText = (markdown: string): string =>
  MARKS.reduce((text, [mark, replacement]) => text.replace(mark, replacement), withoutTags(markdown)).trim();
