import { applicationEvents } from '#domain/application/events.js';
import { application, type ApplicationState, type Registration } from '#domain/application/state.js';
import { product, versionOf, type ProductState } from '#domain/product/state.js';
import { foldText } from '../fold-text.js';
import type { LogEvent } from '../log-event.js';
import { advance, keptState } from '../kept-state.js';
import { forEach } from '../mirror.js';
import type { Changes, Doc, View } from '../port.js';

/** Product events that give a name. None takes one away: registrations keep the names of what is deleted. */
const NAMING = ['product.created.v1', 'product.edited.v1', 'product.version-added.v1', 'product.version-edited.v1'];

/**
 * One document per registration of an application for a product version, with the names that lists show and search. The
 * view keeps the states of applications and the names of products beside them.
 */
export const registrations: View = {
  name: 'registrations',
  version: 1,
  indexes: [
    ['application_id', 'created_at'],
    ['developer_id', 'created_at'],
    ['portal_id', 'created_at'],
    ['portal_id', 'status', 'created_at'],
    ['product_id'],
    ['product_version_id', 'status'],
  ],
  rules: {
    ...forEach(Object.keys(applicationEvents), {
      select: ({ stream, entityId, data: { product_id } }) => ({
        ids: typeof product_id === 'string' ? [stream, `product-${product_id}`] : [stream],
        where: ['application_id', entityId],
      }),
      reduce: ofApplication,
    }),
    ...forEach(NAMING, {
      select: ({ stream, entityId }) => ({ ids: [stream], where: ['product_id', entityId] }),
      reduce: ofProduct,
    }),
  },
};

/** All of the application's registrations, whose revision is that of its stream. */
function ofApplication(docs: ReadonlyMap<string, Doc>, event: LogEvent): Changes {
  const { after: state, doc: kept } = advance(application, docs, event, (state) => ({ ...state, credentials: [] }));
  const changes = new Map<string, Doc | null>([[event.stream, kept]]);
  for (const [id, doc] of docs) if (doc['application_id'] === event.entityId) changes.set(id, null);
  for (const registration of state.registrations) {
    const named =
      namesOf(docs.get(registration.id)) ?? (isRequest(event, registration) && productNames(docs, registration));
    if (!named) continue;
    changes.set(registration.id, {
      ...registration,
      ...named,
      ...applicationFields(event.entityId, state),
      revision: event.revision,
    });
  }
  return changes;
}

const isRequest = ({ type, data }: LogEvent, { id }: Registration): boolean =>
  type === 'application.access-requested.v1' && data['registration_id'] === id;

const applicationFields = (id: string, { name, developer_id, portal_id }: ApplicationState) => ({
  application_id: id,
  application_name: name,
  application_name_folded: foldText(name),
  developer_id,
  portal_id,
});

const names = (product_name: string, product_version_name: string) => ({
  product_name,
  product_name_folded: foldText(product_name),
  product_version_name,
  product_version_name_folded: foldText(product_version_name),
});

const namesOf = (doc: Doc | undefined) =>
  doc && names(doc['product_name'] as string, doc['product_version_name'] as string);

function productNames(docs: ReadonlyMap<string, Doc>, { product_id, product_version_id }: Registration) {
  const state = keptState(product, docs, `product-${product_id}`);
  return names(state.name, versionOf(state, product_version_id)?.name ?? '');
}

/** The names in all registrations for the product. */
function ofProduct(docs: ReadonlyMap<string, Doc>, event: LogEvent): Changes {
  const { after: state, doc: kept } = advance(product, docs, event, onlyNames);
  const changes = new Map<string, Doc | null>([[event.stream, kept]]);
  for (const [id, doc] of docs) {
    if (doc['product_id'] !== event.entityId) continue;
    const version = versionOf(state, doc['product_version_id'] as string);
    changes.set(id, { ...doc, ...names(state.name, version?.name ?? '') });
  }
  return changes;
}

const onlyNames = ({ exists, name, versions }: ProductState): Partial<ProductState> => ({
  exists,
  name,
  versions: versions.map((version) => ({ ...version, labels: [], specification: null, publications: [] })),
});
