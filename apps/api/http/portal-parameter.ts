import { isUuid } from '#domain/core/text.js';
import type { QueryParameter } from './operation.js';
import { invalid } from './problem.js';

export const portalParameter: QueryParameter = {
  description: 'Only applications of this portal. A token that is limited to a portal must name it.',
  schema: { type: 'string', format: 'uuid' },
};

/** The portal that the query names, if any. @throws Problem 400 */
export function readPortal({ portal }: Readonly<Record<string, string>>): string | undefined {
  if (portal === undefined) return undefined;
  if (!isUuid(portal)) throw invalid({ field: 'portal', reason: 'must be a UUID', rule: 'is_uuid', source: 'query' });
  return portal.toLowerCase();
}
