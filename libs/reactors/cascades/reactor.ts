import type { AggregateName } from '#domain/core/decider.js';
import type { LogEvent } from '#read-models/log-event.js';
import type { Reactor } from '../reactor.js';
import { portalDeleted, productDeleted, versionRemoved } from './catalogue.js';
import { endSessions, removeEverything, removeOrphan, removeStray } from './people.js';
import { dropLostRole, leaveLostTeam, removeStrayTeam, rolesOfProduct, teamDeleted, teamsOfPortal } from './teams.js';
import { CASCADES, inTurn, type Cascade, type CascadeServices } from './tools.js';

/** What follows from which event. `onlyWithout`: only if what the field names is not there (any more). */
const TABLE: Readonly<
  Record<string, { readonly does: Cascade; readonly onlyWithout?: readonly [AggregateName, field: string] }>
> = {
  'developer.registered.v1': { does: removeStray, onlyWithout: ['portal', 'portal_id'] },
  'developer.rejected.v1': { does: endSessions },
  'developer.revoked.v1': { does: endSessions },
  'developer.removed.v1': { does: removeEverything },
  'application.created.v1': { does: removeOrphan, onlyWithout: ['developer', 'developer_id'] },
  'product.version-removed.v1': { does: versionRemoved },
  'product.deleted.v1': { does: inTurn(productDeleted, rolesOfProduct) },
  'portal.deleted.v1': { does: inTurn(portalDeleted, teamsOfPortal) },
  'team.created.v1': { does: removeStrayTeam, onlyWithout: ['portal', 'portal_id'] },
  'team.deleted.v1': { does: teamDeleted },
  'team.role-assigned.v1': { does: dropLostRole, onlyWithout: ['product', 'product_id'] },
  'developer.added-to-team.v1': { does: leaveLostTeam, onlyWithout: ['team', 'team_id'] },
};

/**
 * Carries decisions on to what depends on them, with ordinary commands of the actor `system`. From the start of the log: no
 * removal of the past may be left half done.
 */
export const cascadesReactor = (services: CascadeServices): Reactor => ({
  name: CASCADES,
  from: 'start',
  types: Object.keys(TABLE),
  async concerns({ type, data }: LogEvent) {
    const condition = TABLE[type]!.onlyWithout;
    if (!condition) return true;
    const [aggregate, field] = condition;
    const { state } = await services.cache.load<{ readonly exists: boolean }>(aggregate, data[field] as string);
    return !state.exists;
  },
  perform: ({ event }, performance) => TABLE[event!.type]!.does(event!, services, performance),
});
