/**
 * Which teams the groups of an identity provider lead to. On the portal's stream, so that a sign-in reads one state to know
 * all mappings.
 */
import { event } from '../core/events.js';

export interface TeamMapping {
  readonly team_id: string;
  readonly groups: readonly string[];
}

export const teamGroupEvents = {
  /** Only the teams whose groups changed; no groups: no mapping any more. */
  'portal.team-groups-mapped.v1': event<{ readonly mappings: readonly TeamMapping[] }>(
    'changed which groups of the identity provider lead to which teams',
    { mappings: 'public' },
  ),
};

/** The mappings with some replaced; those without groups are left out. */
export const mappingsAfter = (now: readonly TeamMapping[], changes: readonly TeamMapping[]): readonly TeamMapping[] => {
  const all = new Map([...now, ...changes].map(({ team_id, groups }) => [team_id, groups]));
  return [...all].flatMap(([team_id, groups]) => (groups.length > 0 ? [{ team_id, groups }] : []));
};

/** The teams that these groups lead to. Names of groups are compared exactly. */
export function teamsOfGroups(mappings: readonly TeamMapping[], groups: readonly string[]): readonly string[] {
  const given = new Set(groups);
  return mappings.filter((one) => one.groups.some((group) => given.has(group))).map(({ team_id }) => team_id);
}
