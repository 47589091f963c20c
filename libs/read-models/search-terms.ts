import { terms } from '#documents/terms.js';

const MAX_TERM = 64;
const MAX_TERMS = 20_000;

/** A word as the index holds it: what lies beyond its first 64 characters does not count. */
const cut = (term: string): string => (term.length <= MAX_TERM ? term : Array.from(term).slice(0, MAX_TERM).join(''));

/** The different words of texts, at most 20,000: no single text can fill the index. */
export function distinctTerms(texts: Iterable<string>): readonly string[] {
  const found = new Set<string>();
  for (const text of texts) {
    for (const term of terms(text)) {
      found.add(cut(term));
      if (found.size === MAX_TERMS) return [...found];
    }
  }
  return [...found];
}

/** The parts of an operation that are searched in, of the list that a specification's operations blob holds. */
interface Operation {
  readonly path: string;
  readonly operation_id: string | null;
  readonly summary: string | null;
  readonly tags: readonly string[];
}

/** Paths, summaries, tags and ids of operations; an id `listPets` is found as it stands and by its words. */
export function operationTexts(operations: readonly Operation[]): readonly string[] {
  return operations.flatMap(({ path, operation_id, summary, tags }) => [
    path,
    summary ?? '',
    ...tags,
    operation_id ?? '',
    inWords(operation_id ?? ''),
  ]);
}

const inWords = (id: string): string => id.replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1 $2');
