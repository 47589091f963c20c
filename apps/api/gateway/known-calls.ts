import { LRUCache } from 'lru-cache';
import type { FoldCache } from '#command-handling/fold-cache.js';
import type { Known } from '#consumption/ingestion.js';
import type { ApplicationState } from '#domain/application/state.js';
import { atMost } from '#lru/at-most.js';
import type { Reads } from '#read-models/reads.js';

/** Versions that are remembered to exist. */
const KEPT = 10_000;

/**
 * Tells calls that can have been made from those that cannot. What was deleted since is known all the same: its calls may
 * be told of later than it is gone.
 */
export function knownCalls(cache: Pick<FoldCache, 'load'>, reads: Pick<Reads, 'count'>): Known {
  const versions = new LRUCache<string, true>(atMost(KEPT));
  const stateOf = async (id: string) => (await cache.load<ApplicationState>('application', id)).state;

  async function isPublished(version: string): Promise<boolean> {
    const where = [{ field: 'product_version_id', op: 'eq', value: version } as const];
    return (await reads.count('publications', where)) > 0 || (await reads.count('registrations', where)) > 0;
  }

  return {
    application: async (id) => (await stateOf(id)).portal_id || undefined,
    async version(application, version) {
      if (versions.has(version)) return true;
      const { registrations } = await stateOf(application);
      const known = registrations.some(({ product_version_id }) => product_version_id === version);
      if (!known && !(await isPublished(version))) return false;
      versions.set(version, true);
      return true;
    },
    credential: async (application, credential) =>
      (await stateOf(application)).credentials.some(({ id }) => id === credential),
  };
}
