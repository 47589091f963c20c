/** What the list of registration providers can be filtered and sorted by, and how strategies are filtered by theirs. */
import { PROVIDER_TYPES } from '#domain/dcr-provider/events.js';
import type { Condition } from '#read-models/port.js';
import type { FilterField, ListQuery, ListSpec } from '../http/lists.js';
import type { Services } from '../services.js';

const text: FilterField = { ops: ['eq', 'contains'] };

export const DCR_PROVIDERS: ListSpec = {
  filter: {
    // Konnect lets ids be searched by a part of them, too.
    id: { ops: ['eq', 'contains'], lowerCase: true },
    issuer: text,
    name: text,
    provider_type: { ops: ['eq'], choices: PROVIDER_TYPES },
    initial_client_id: text,
    initial_client_audience: text,
  },
  sort: {
    created_at: 'created_at',
    updated_at: 'updated_at',
    provider_type: 'provider_type',
    issuer: 'issuer_folded',
    name: 'name_folded',
  },
};

/** More providers than an installation has. */
const MOST = 1000;

const OF_PROVIDER = /^dcr_provider_(name|type)(_folded)?$/;

/** The condition on the provider itself that one on a strategy's provider means; undefined: it is about the strategy. */
function meant(condition: Condition): Condition | undefined {
  const match = OF_PROVIDER.exec(condition.field);
  if (!match) return undefined;
  return { ...condition, field: `${match[1] === 'type' ? 'provider_type' : 'name'}${match[2] ?? ''}` };
}

/** Conditions on the name or type of a strategy's provider as ones on its id: the view of strategies knows no more of it. */
export async function byProvider({ reads }: Pick<Services, 'reads'>, query: ListQuery): Promise<ListQuery> {
  const where = await Promise.all(
    query.where.map(async (condition): Promise<readonly Condition[]> => {
      const sought = meant(condition);
      if (!sought) return [condition];
      const unlike = sought.op === 'neq';
      const found = await reads.find('registration_providers', {
        where: [unlike ? { ...sought, op: 'eq' } : sought],
        limit: MOST,
      });
      const ids = found.map(({ id }) => id);
      if (unlike) return ids.map((value): Condition => ({ field: 'dcr_provider_id', op: 'neq', value }));
      return [{ field: 'dcr_provider_id', op: 'in', value: ids }];
    }),
  );
  return { ...query, where: where.flat() };
}
