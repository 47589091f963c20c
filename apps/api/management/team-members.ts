/** The developers of a team, with their names and addresses opened for one answer. */
import type { DeveloperState } from '#domain/developer/state.js';
import type { Condition, Doc } from '#read-models/port.js';
import { listInMemory } from '../http/lists-in-memory.js';
import { viewQuery, type ListQuery } from '../http/lists.js';
import type { Services } from '../services.js';
import {
  byEmailClaim,
  developersWhere,
  MOST_OPENED,
  openDevelopers,
  tooManyDevelopers,
  type OpenedDeveloper,
} from './people.js';

/** In the order of joining. */
const OLDEST_FIRST = [{ field: 'since' }];

/** What an answer shows of a member. */
export type Member = Pick<OpenedDeveloper, 'id' | 'email' | 'full_name' | 'status' | 'created_at' | 'updated_at'>;

export const renderMember = ({ id, email, full_name, status, created_at, updated_at }: Member) => ({
  id,
  email,
  full_name,
  active: status === 'approved',
  created_at,
  updated_at,
});

type Needs = Pick<Services, 'reads' | 'keyring' | 'cache'>;

interface Found {
  readonly developers: readonly Member[];
  readonly total: number;
}

/**
 * A page of a team's members that meet the query's conditions.
 * @throws Problem 400 if conditions would have to be tried on more than 10,000
 */
export async function membersOf(services: Needs, teamId: string, portalId: string, query: ListQuery): Promise<Found> {
  const ofTeam: Condition = { field: 'team_id', op: 'eq', value: teamId };
  if (query.where.length > 0) return membersWhere(services, ofTeam, portalId, query);
  const { docs, total } = await services.reads.list('memberships', viewQuery(query, [ofTeam], OLDEST_FIRST));
  const known = await services.reads.getMany('developers', idsOf(docs));
  const developers = idsOf(docs).flatMap((id) => known.get(id) ?? []) as unknown as (Doc & DeveloperState)[];
  return { developers: await openDevelopers(services.keyring, developers), total };
}

async function membersWhere(services: Needs, ofTeam: Condition, portalId: string, query: ListQuery): Promise<Found> {
  const docs = await services.reads.find('memberships', {
    where: [ofTeam],
    sort: OLDEST_FIRST,
    limit: MOST_OPENED + 1,
  });
  if (docs.length > MOST_OPENED) throw tooManyDevelopers();
  const members: Condition = { field: 'id', op: 'in', value: idsOf(docs) };
  const conditions = query.where.map(activeAsStatus).map(byEmailClaim(services.keyring, portalId));
  const found = new Map(
    (await developersWhere(services, portalId, [members, ...conditions])).map((one) => [one.id, one]),
  );
  const inOrder = idsOf(docs).flatMap((id, place) => {
    const developer = found.get(id);
    return developer ? [{ ...developer, place }] : [];
  });
  const { docs: developers, total } = listInMemory(inOrder, { ...query, where: [] }, [{ field: 'place' }]);
  return { developers, total };
}

const idsOf = (docs: readonly Doc[]): readonly string[] => docs.map((doc) => doc['developer_id'] as string);

/** A developer is active while approved. */
const activeAsStatus = (condition: Condition): Condition =>
  condition.field === 'active'
    ? { field: 'status', op: condition.value === true ? 'eq' : 'neq', value: 'approved' }
    : condition;
