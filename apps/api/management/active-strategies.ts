import type { Services } from '../services.js';

/** Whether a version is published with the strategy on any portal. */
export async function isActive({ reads }: Pick<Services, 'reads'>, strategyId: string): Promise<boolean> {
  const published = { field: 'publish_status', op: 'eq', value: 'published' } as const;
  const where = [{ field: 'auth_strategy_id', op: 'eq', value: strategyId } as const, published];
  return (await reads.find('publications', { where, limit: 1 })).length > 0;
}
