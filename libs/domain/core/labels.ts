import { fromPairs, toPairs } from './events.js';
import type { Pairs } from './events.js';

/** Changes to labels: a null value removes that label, null for all removes all, undefined changes nothing. */
export function updateLabels(labels: Pairs, update: Readonly<Record<string, string | null>> | null | undefined): Pairs {
  if (update === undefined) return labels;
  if (update === null) return [];
  const merged = Object.entries({ ...fromPairs(labels), ...update });
  return toPairs(Object.fromEntries(merged.filter((pair): pair is [string, string] => pair[1] !== null)));
}
