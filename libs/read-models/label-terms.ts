import type { Pairs } from '#domain/core/events.js';
import type { Condition } from './port.js';

/**
 * Labels as one text that conditions can search: every `key` and every `key:value` between line feeds, which no label holds.
 */
export const labelTerms = (labels: Pairs): string =>
  labels.length === 0 ? '' : `\n${labels.flatMap(([key, value]) => [key, `${key}:${value}`]).join('\n')}\n`;

/** The conditions, on a field made by labelTerms, of a filter like `key:value,key`: all of its terms must be there. */
export const labelConditions = (field: string, filter: string): readonly Condition[] =>
  filter
    .split(',')
    .map((term) => term.trim())
    .filter((term) => term !== '')
    .map((term) => ({ field, op: 'contains', value: `\n${term}\n` }));
