import type { PortalEvent } from '#domain/portal/events.js';
import { productEvents } from '#domain/product/events.js';
import { isVisibleOn, product, type ProductState } from '#domain/product/state.js';
import { derived } from '../derived.js';
import type { Doc, View } from '../port.js';
import { allWhere, remove, rulesFor } from '../rules.js';

/**
 * One document per publication, that is, per portal and product version. `listed`: the portal lists the product, without
 * which developers do not see the version, published or not.
 */
export const publications: View = {
  name: 'publications',
  version: 1,
  indexes: [['product_id'], ['product_version_id'], ['portal_id', 'publish_status'], ['auth_strategy_id']],
  rules: {
    ...derived({
      events: productEvents,
      decider: product,
      ownerField: 'product_id',
      keep: ({ exists, name, portal_ids, versions }) => ({
        exists,
        name,
        portal_ids,
        versions: versions.map((version) => ({ ...version, specification: null })),
      }),
      documents: publicationsOf,
    }),
    ...rulesFor<PortalEvent>({ 'portal.deleted.v1': remove(allWhere('portal_id', ({ entityId }) => entityId)) }),
  },
};

function publicationsOf(productId: string, state: ProductState): readonly Doc[] {
  return state.versions.flatMap((version) =>
    version.publications.map((publication) => ({
      ...publication,
      product_id: productId,
      product_name: state.name,
      product_version_id: version.id,
      product_version_name: version.name,
      auth_strategy_id: publication.auth_strategy_ids[0] ?? '',
      listed: isVisibleOn(state, publication.portal_id),
    })),
  );
}
