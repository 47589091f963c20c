import type { Services } from '../services.js';

/** More providers, and strategies of them, than an installation has. */
const MOST = 1000;

/** The registration providers that clients of the portal's applications can be registered at: those of published versions. */
export async function registeringProviders(
  { reads }: Pick<Services, 'reads'>,
  portalId: string,
): Promise<readonly string[]> {
  const providers = await reads.find('registration_providers', { where: [], limit: MOST });
  if (providers.length === 0) return [];
  const ids = providers.map(({ id }) => id);
  const strategies = await reads.find('strategies', {
    where: [{ field: 'dcr_provider_id', op: 'in', value: ids }],
    limit: MOST,
  });
  const used = await Promise.all(
    strategies.map(async ({ id, dcr_provider_id }) => {
      const where = [
        { field: 'auth_strategy_id', op: 'eq', value: id },
        { field: 'portal_id', op: 'eq', value: portalId },
        { field: 'publish_status', op: 'eq', value: 'published' },
      ] as const;
      return (await reads.find('publications', { where, limit: 1 })).length > 0 ? [String(dcr_provider_id)] : [];
    }),
  );
  return [...new Set(used.flat())];
}
