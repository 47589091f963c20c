import type {
  AccessDecided,
  AccessRequested,
  ApplicationCreated,
  ApplicationEdited,
  ApplicationEvent,
  RegistrationStatus,
} from '#domain/application/events.js';
import { product, versionOf, type ProductState } from '#domain/product/state.js';
import { ownerIn, ownerOnly, wholeApplication } from '../application-owner.js';
import { foldText } from '../fold-text.js';
import { advance, keptState } from '../kept-state.js';
import type { LogEvent } from '../log-event.js';
import { forEach } from '../mirror.js';
import type { Changes, Doc, Selection, View } from '../port.js';
import { byId, edit, insert, remove, rulesFor, type EventWith } from '../rules.js';

/** Product events that give a name. None takes one away: registrations keep the names of what is deleted. */
const NAMING = ['product.created.v1', 'product.edited.v1', 'product.version-added.v1', 'product.version-edited.v1'];

const named = byId<AccessDecided>(({ data }) => data.registration_id);

/**
 * One document per registration of an application for a product version, with the names that lists show and search. The
 * view keeps the names of applications, whose they are, and the names of products beside them.
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
    ...rulesFor<ApplicationEvent>({
      'application.created.v1': insert(applicationDoc, ownerOnly),
      'application.edited.v1': {
        select: (event) => (event.data.name === undefined ? {} : wholeApplication(event)),
        reduce: renamed,
      },
      'application.deleted.v1': remove(wholeApplication),
      'application.access-requested.v1': { select: withNames, reduce: requested },
      'application.access-approved.v1': become('approved'),
      'application.access-rejected.v1': become('rejected'),
      'application.access-revoked.v1': become('revoked'),
      'application.access-withdrawn.v1': remove(named),
    }),
    ...forEach(NAMING, {
      select: ({ stream, entityId }) => ({ ids: [stream], where: ['product_id', entityId] }),
      reduce: ofProduct,
    }),
  },
};

/** What the view keeps of an application. */
function applicationDoc({ stream, data }: EventWith<ApplicationCreated>): Doc {
  const { developer_id, portal_id, name } = data;
  return { id: stream, owner: { developer_id, portal_id, name } };
}

type Owner = Pick<ApplicationCreated, 'developer_id' | 'portal_id' | 'name'>;

const applicationNames = (name: string) => ({ application_name: name, application_name_folded: foldText(name) });

/** In the application's own document and in all its registrations. */
function renamed(docs: ReadonlyMap<string, Doc>, { stream, data }: EventWith<ApplicationEdited>): Changes {
  const { name } = data;
  if (name === undefined) return new Map();
  const rename = (doc: Doc): Doc =>
    doc.id === stream ? { ...doc, owner: { ...(doc['owner'] as Owner), name } } : { ...doc, ...applicationNames(name) };
  return new Map(Array.from(docs, ([id, doc]) => [id, rename(doc)]));
}

function withNames({ stream, data }: EventWith<AccessRequested>): Selection {
  return { ids: [stream, `product-${data.product_id}`, data.registration_id] };
}

function requested(docs: ReadonlyMap<string, Doc>, event: EventWith<AccessRequested>): Changes {
  const owner = ownerIn(docs, event.stream) as Owner | undefined;
  if (!owner) return new Map();
  const { registration_id: id, product_id, product_version_id, scopes } = event.data;
  const { name, ...ids } = owner;
  const state = keptState(product, docs, `product-${product_id}`);
  const doc: Doc = {
    id,
    product_id,
    product_version_id,
    status: 'pending',
    scopes,
    created_at: event.at,
    updated_at: event.at,
    ...productNames(state.name, versionOf(state, product_version_id)?.name ?? ''),
    application_id: event.entityId,
    ...applicationNames(name),
    ...ids,
  };
  return new Map([[id, doc]]);
}

/** A function, not a constant: the table above uses it. */
function become(status: RegistrationStatus) {
  return edit<AccessDecided, Doc>(named, (doc, { at }) => ({ ...doc, status, updated_at: at }));
}

const productNames = (product_name: string, product_version_name: string) => ({
  product_name,
  product_name_folded: foldText(product_name),
  product_version_name,
  product_version_name_folded: foldText(product_version_name),
});

/** The names in all registrations for the product. */
function ofProduct(docs: ReadonlyMap<string, Doc>, event: LogEvent): Changes {
  const { after: state, doc: kept } = advance(product, docs, event, onlyNames);
  const changes = new Map<string, Doc | null>([[event.stream, kept]]);
  for (const [id, doc] of docs) {
    if (doc['product_id'] !== event.entityId) continue;
    const version = versionOf(state, doc['product_version_id'] as string);
    changes.set(id, { ...doc, ...productNames(state.name, version?.name ?? '') });
  }
  return changes;
}

const onlyNames = ({ exists, name, versions }: ProductState): Partial<ProductState> => ({
  exists,
  name,
  versions: versions.map((version) => ({ ...version, labels: [], specification: null, publications: [] })),
});
