import type { ReadState } from '#domain/core/decider.js';
import type { TeamState } from '#domain/team/state.js';
import { notFound } from '../http/problem.js';
import { findPortal } from './portal-lookup.js';

/** Of a portal that exists. @throws Problem 404 */
export async function findTeam(
  services: Parameters<typeof findPortal>[0],
  { portalId, teamId }: Readonly<Record<string, string>>,
): Promise<ReadState<TeamState>> {
  await findPortal(services, portalId!);
  const { state, revision } = await services.cache.load<TeamState>('team', teamId!);
  if (!state.exists || state.portal_id !== portalId) throw notFound('The team');
  return { id: teamId!, state, revision };
}
