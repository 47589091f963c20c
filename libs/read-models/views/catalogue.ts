import { fromPairs } from '#domain/core/events.js';
import type { PortalEvent } from '#domain/portal/events.js';
import { productEvents } from '#domain/product/events.js';
import {
  isPublishedOn,
  product,
  publicationOf,
  type ProductState,
  type ProductVersion,
} from '#domain/product/state.js';
import { derived } from '../derived.js';
import { foldText } from '../fold-text.js';
import type { Doc, View } from '../port.js';
import { allWhere, remove, rulesFor } from '../rules.js';

/** The id of a product's entry in a portal's catalogue. */
export const entryId = (portalId: string, productId: string): string => `${portalId}:${productId}`;

/** One document per product and portal that lists it, with the versions published there: what developers browse. */
export const catalogue: View = {
  name: 'catalogue',
  version: 1,
  indexes: [['portal_id', 'name_folded'], ['product_id']],
  rules: {
    ...derived({
      events: productEvents,
      decider: product,
      ownerField: 'product_id',
      keep: ({ documents, versions, ...rest }) => ({
        ...rest,
        versions: versions.map((version) => ({ ...version, specification: null })),
        documents: documents.map((document) => ({ ...document, metadata: '' })),
      }),
      documents: entriesOf,
    }),
    ...rulesFor<PortalEvent>({ 'portal.deleted.v1': remove(allWhere('portal_id', ({ entityId }) => entityId)) }),
  },
};

function entriesOf(productId: string, state: ProductState): readonly Doc[] {
  return state.portal_ids.map((portalId) => {
    const published = state.versions.filter(({ id }) => isPublishedOn(state, id, portalId));
    return {
      id: entryId(portalId, productId),
      portal_id: portalId,
      product_id: productId,
      name: state.name,
      name_folded: foldText(state.name),
      description: state.description,
      description_folded: foldText(state.description ?? ''),
      public_labels: fromPairs(state.public_labels),
      created_at: state.created_at,
      updated_at: state.updated_at,
      document_count: state.documents.filter(({ status }) => status === 'published').length,
      version_count: published.length,
      latest_version: latest(published),
      versions: published.map((version) => entryVersion(state, version, portalId)),
    };
  });
}

/** The newest; of those added at the same moment the one added last. */
function latest(published: readonly ProductVersion[]): { id: string; name: string } | null {
  const newest = published.reduce<ProductVersion | undefined>(
    (best, version) => (best && best.created_at > version.created_at ? best : version),
    undefined,
  );
  return newest ? { id: newest.id, name: newest.name } : null;
}

function entryVersion(state: ProductState, version: ProductVersion, portalId: string) {
  const { auth_strategy_ids, application_registration_enabled, auto_approve_registration, deprecated } = publicationOf(
    state,
    version.id,
    portalId,
  )!;
  return {
    id: version.id,
    name: version.name,
    created_at: version.created_at,
    updated_at: version.updated_at,
    deprecated,
    publication: { auth_strategy_ids, application_registration_enabled, auto_approve_registration },
  };
}
