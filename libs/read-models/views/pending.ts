import type { AccessRequested, ApplicationEvent } from '#domain/application/events.js';
import type { DeveloperEvent } from '#domain/developer/events.js';
import { ownerDoc, ownerIn, ownerOnly, wholeApplication } from '../application-owner.js';
import type { Changes, Doc, View } from '../port.js';
import { byId, entity, insert, remove, rulesFor, type EventWith } from '../rules.js';

const registration = byId<{ readonly registration_id: string }>(({ data }) => data.registration_id);

/** What waits for an administrator's decision: developers who signed up, and requests for access. Oldest first by `since`. */
export const pending: View = {
  name: 'pending',
  version: 1,
  indexes: [['portal_id', 'since'], ['kind', 'since'], ['application_id']],
  rules: rulesFor<DeveloperEvent | ApplicationEvent>({
    'developer.registered.v1': insert(({ entityId, data, at }) => ({
      id: entityId,
      kind: 'developer',
      portal_id: data.portal_id,
      since: at,
      developer_id: entityId,
    })),
    'developer.approved.v1': remove(entity),
    'developer.rejected.v1': remove(entity),
    'developer.revoked.v1': remove(entity),
    'developer.removed.v1': remove(entity),
    'application.created.v1': insert(ownerDoc, ownerOnly),
    'application.deleted.v1': remove(wholeApplication),
    'application.access-requested.v1': { select: ownerOnly, reduce: requested },
    'application.access-approved.v1': remove(registration),
    'application.access-rejected.v1': remove(registration),
    'application.access-revoked.v1': remove(registration),
    'application.access-withdrawn.v1': remove(registration),
  }),
};

function requested(docs: ReadonlyMap<string, Doc>, event: EventWith<AccessRequested>): Changes {
  const owner = ownerIn(docs, event.stream);
  if (!owner) return new Map();
  const { registration_id: id, product_id, product_version_id } = event.data;
  const waiting = { application_id: event.entityId, product_id, product_version_id };
  return new Map([[id, { id, kind: 'registration', since: event.at, ...owner, ...waiting }]]);
}
