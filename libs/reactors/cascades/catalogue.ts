import type { ProductState } from '#domain/product/state.js';
import type { LogEvent } from '#read-models/log-event.js';
import type { Condition } from '#read-models/port.js';
import { CASCADES, forAll, type Cascade, type CascadeServices } from './tools.js';

/** As long as a reason may be. */
const MAX_REASON = 1_000;

/** What was done, and why, in the words of whoever did it. */
function reasonOf(what: string, event: LogEvent): string {
  const why = event.data['reason'];
  const text = typeof why === 'string' && why.trim() !== '' ? `${what}: ${why.trim()}` : `${what}.`;
  return [...text].slice(0, MAX_REASON).join('');
}

/**
 * Registrations for what is gone: access that was granted is revoked, so that its owner sees what became of it; a request
 * that nobody can decide on any more is withdrawn. What was rejected or revoked stays as it is.
 */
const endRegistrations =
  (what: string, where: (event: LogEvent) => Condition): Cascade =>
  async (event, services, performance) => {
    const reason = reasonOf(what, event);
    const live: Condition = { field: 'status', op: 'in', value: ['approved', 'pending'] };
    await forAll(services, performance, 'registrations', [where(event), live], ({ id, application_id, status }) =>
      status === 'approved'
        ? services.send('RevokeApp', { application_id, registration_ids: [id], reason }, id, {
            reactor: CASCADES,
            event,
          })
        : services.send('WithdrawAccess', { application_id, registration_id: id, reason }, id, {
            reactor: CASCADES,
            event,
          }),
    );
  };

export const versionRemoved = endRegistrations('The product version was removed', ({ data }) => ({
  field: 'product_version_id',
  op: 'eq',
  value: data['product_version_id'] as string,
}));

export const productDeleted = endRegistrations('The product was deleted', ({ entityId }) => ({
  field: 'product_id',
  op: 'eq',
  value: entityId,
}));

/** Its developers go with everything that is theirs, and products are taken off it. */
export const portalDeleted: Cascade = async (event, services, performance) => {
  const portal = event.entityId;
  await forAll(services, performance, 'developers', [{ field: 'portal_id', op: 'eq', value: portal }], ({ id }) =>
    // No reason: the portal's event, which is the cause, has it, and this one would be forgotten with the person.
    services.send('RemoveDeveloper', { developer_id: id }, id, { reactor: CASCADES, event }),
  );
  await forAll(services, performance, 'products', [], (doc) =>
    takeOff(doc.id, doc as unknown as ProductState, portal, event, services),
  );
};

async function takeOff(
  productId: string,
  { versions, portal_ids }: ProductState,
  portal: string,
  event: LogEvent,
  { send }: CascadeServices,
): Promise<void> {
  const cause = { reactor: CASCADES, event };
  const place = { product_id: productId, portal_id: portal, reason: reasonOf('The portal was deleted', event) };
  for (const { id, publications } of versions) {
    if (!publications.some(({ portal_id }) => portal_id === portal)) continue;
    await send('RemovePublication', { ...place, product_version_id: id }, id, cause);
  }
  if (portal_ids.includes(portal)) await send('UnpublishProduct', place, productId, cause);
}
