import type { Condition, Doc } from './port.js';
import type { Reads } from './reads.js';
import { AFTER_POSITIONS, positionKey } from './views/timeline.js';

/** Every given condition must hold. Times are ISO 8601 UTC with milliseconds. */
export interface TimelineFilter {
  readonly type?: string;
  readonly actor_id?: string;
  readonly entity_id?: string;
  readonly portal_id?: string;
  readonly developer_id?: string;
  readonly application_id?: string;
  readonly product_id?: string;
  readonly command_id?: string;
  /** Inclusive. */
  readonly from?: string;
  /** Exclusive. */
  readonly to?: string;
}

export interface TimelinePage {
  /** Exclusive: entries after this position, or before it when newest come first; absent: from the start, or the end. */
  readonly after?: bigint;
  readonly newestFirst?: boolean;
  readonly limit: number;
}

/** Entries of the audit timeline in log order, or newest first; go on with the last one's position. */
export function queryTimeline(
  reads: Pick<Reads, 'find'>,
  { from, to, application_id, ...fields }: TimelineFilter,
  { after, newestFirst = false, limit }: TimelinePage,
): Promise<readonly Doc[]> {
  const equal = Object.entries(fields).filter((pair): pair is [string, string] => pair[1] !== undefined);
  const where: Condition[] = equal.map(([field, value]) => ({ field, op: 'eq', value }));
  if (application_id !== undefined) {
    where.push({ field: 'entity_id', op: 'eq', value: application_id });
    where.push({ field: 'aggregate', op: 'eq', value: 'application' });
  }
  if (from !== undefined) where.push({ field: 'at', op: 'gte', value: from });
  if (to !== undefined) where.push({ field: 'at', op: 'lt', value: to });
  const bound = after === undefined ? undefined : positionKey(after);
  where.push({ field: 'id', op: 'lt', value: newestFirst && bound ? bound : AFTER_POSITIONS });
  if (!newestFirst && bound) where.push({ field: 'id', op: 'gt', value: bound });
  return reads.find('timeline', { where, sort: [{ field: 'id', descending: newestFirst }], limit });
}
