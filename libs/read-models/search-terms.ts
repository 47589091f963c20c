import type { Operation } from '#documents/operations.js';
import { terms } from '#documents/terms.js';

const MAX_TERMS = 20_000;

/** The different words of texts, at most 20,000: no single text can fill the index. */
export const distinctTerms = (texts: readonly string[]): readonly string[] =>
  terms(texts.join('\n')).slice(0, MAX_TERMS);

/** Paths, summaries, tags and ids of operations; an id `listPets` is found as it stands and by its words. */
export const operationTexts = (operations: readonly Operation[]): readonly string[] =>
  operations.flatMap(({ path, operation_id, summary, tags }) => {
    const id = operation_id ?? '';
    return [path, summary ?? '', ...tags, id, inWords(id)];
  });

const inWords = (id: string): string => id.replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1 $2');
