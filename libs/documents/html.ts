/** An unterminated comment, script or style swallows the rest, as in a browser. Every alternative is linear. */
const MARKUP = /<!--[\s\S]*?(?:-->|$)|<(script|style)\b[\s\S]*?(?:<\/\1\s*>|$)|<[/!?]?[a-z][^<>]*>/gi;

/** As MARKUP, for text around HTML: what looks like a start need not be one, so nothing far away is swallowed. */
const TAG = /<!--[\s\S]{0,1000}?-->|<[/!?]?[a-z][^<>]*>/gi;

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

/** The readable text of an HTML fragment: no tags, comments, scripts or styles. Not HTML any more: escape it to show it. */
export const htmlText = (html: string): string => decodeEntities(html.replace(MARKUP, ' ')).replace(/\s+/g, ' ').trim();

/** Text with the tags in it replaced by spaces. */
export const withoutTags = (text: string): string => decodeEntities(text.replace(TAG, ' '));

export const isLineBreak = (html: string): boolean => /^<br\s*\/?>$/i.test(html);

const decodeEntities = (text: string): string =>
  text.replace(/&(amp|lt|gt|quot|apos|nbsp);/g, (_, name: string) => ENTITIES[name]!);
