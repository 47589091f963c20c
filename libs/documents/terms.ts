/** Longer words are cut: nobody types them, and encoded data in a text would fill the index. */
const MAX_TERM_CHARACTERS = 64;
const MAX_QUERY_TERMS = 8;

/** The distinct words of a text as search compares them: NFKD, lower case, no marks, split at what is no letter or digit. */
export function terms(text: string): string[] {
  // Lower-casing can make marks (İ), so it comes before they are removed.
  const folded = text
    .normalize('NFKD')
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '');
  const words = folded.match(/[\p{L}\p{N}]+/gu) ?? [];
  return [...new Set(words.map(cut))];
}

/**
 * The prefixes that a query asks for, all of which must be found; at most 8. One that begins another is left out, since
 * whatever has the longer has the shorter; so is a single character beside other words: it begins too many.
 */
export function queryTerms(query: string): string[] {
  const all = terms(query.slice(0, 1_000));
  const distinct = all.filter((term) => !all.some((other) => other !== term && other.startsWith(term)));
  const longer = distinct.filter((term) => [...term].length > 1);
  return longer.length > 0 ? longer.slice(0, MAX_QUERY_TERMS) : distinct.slice(0, 1);
}

/** By code point, so that no surrogate pair is torn. */
const cut = (word: string): string =>
  word.length > MAX_TERM_CHARACTERS
    ? [...word.slice(0, 2 * MAX_TERM_CHARACTERS)].slice(0, MAX_TERM_CHARACTERS).join('')
    : word;
