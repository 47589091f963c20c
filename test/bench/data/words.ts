/** Texts with the spread of real ones: few words are everywhere, most are rare. */

const SYLLABLES = 'ac ba con der el fi gra ho in ju kel lo mi nu or pa qui res sta tor ul ver win xi yo zan'.split(' ');

const WORDS: readonly string[] = Array.from({ length: 4_000 }, (_, n) => {
  const syllable = (digit: number): string => SYLLABLES[digit % SYLLABLES.length]!;
  return `${syllable(n)}${syllable(Math.floor(n / 26) + n)}${n > 676 ? syllable(Math.floor(n / 676) + 7) : ''}`;
});

/** Mulberry32: a small generator of numbers from 0 to 1, the same for the same seed. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** So many words, common ones more often. */
export function words(count: number, next: () => number): string {
  return Array.from({ length: count }, () => WORDS[Math.floor(WORDS.length * next() ** 3)]!).join(' ');
}

export const markdown = (title: string, next: () => number): string =>
  [`# ${title}`, ...Array.from({ length: 4 }, () => `## ${words(3, next)}\n\n${words(60, next)}.`)].join('\n\n');

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** The table of contents of a specification: four operations on each of a few resources. */
export function operations(next: () => number) {
  const resources = words(2 + Math.floor(next() * 7), next).split(' ');
  return resources.flatMap((resource) =>
    (['get', 'post', 'patch', 'delete'] as const).map((method) => ({
      path: method === 'post' ? `/${resource}` : `/${resource}/{id}`,
      method,
      operation_id: method + capital(resource),
      tags: [resource],
      summary: `${capital(method)} ${words(4, next)}`,
      deprecated: false,
    })),
  );
}
