import type { ProductEvent, PublicationChanged } from './events.js';
import type { ProductDocument, ProductState, ProductVersion, Publication } from './state.js';

type Data<T extends ProductEvent['type']> = Extract<ProductEvent, { type: T }>['data'];
type Folds = { readonly [T in ProductEvent['type']]: (state: ProductState, data: Data<T>, at: string) => ProductState };

/** One line for each event: what the state is after it. */
const folds: Folds = {
  'product.created.v1': (state, data, at) => ({ ...state, ...data, exists: true, created_at: at, updated_at: at }),
  'product.edited.v1': (state, data, at) => ({ ...state, ...data, updated_at: at }),
  'product.deleted.v1': (state, _, at) => ({
    ...state,
    exists: false,
    deleted: true,
    portal_ids: [],
    versions: [],
    documents: [],
    updated_at: at,
  }),
  'product.portals-changed.v1': (state, { portal_ids }, at) => ({ ...state, portal_ids, updated_at: at }),

  'product.version-added.v1': (state, { product_version_id, ...details }, at) => {
    const added = { id: product_version_id, ...details, ...since(at), specification: null, publications: [] };
    return { ...state, versions: [...state.versions, added] };
  },
  'product.version-edited.v1': (state, { product_version_id, ...changes }, at) =>
    withVersion(state, product_version_id, (version) => ({ ...version, ...changes, updated_at: at })),
  'product.version-removed.v1': (state, { product_version_id }) => ({
    ...state,
    versions: state.versions.filter(({ id }) => id !== product_version_id),
  }),

  'product.specification-added.v1': (state, { product_version_id, specification_id, ...details }, at) =>
    withVersion(state, product_version_id, (version) => ({
      ...version,
      specification: { id: specification_id, ...details, ...since(at) },
    })),
  'product.specification-edited.v1': (state, { product_version_id, specification_id: _, ...changes }, at) =>
    withVersion(state, product_version_id, (version) => ({
      ...version,
      specification: version.specification && { ...version.specification, ...changes, updated_at: at },
    })),
  'product.specification-removed.v1': (state, { product_version_id }) =>
    withVersion(state, product_version_id, (version) => ({ ...version, specification: null })),

  'product.document-added.v1': (state, { document_id, ...details }, at) => ({
    ...state,
    documents: [...state.documents, { id: document_id, ...details, ...since(at) }],
  }),
  'product.document-edited.v1': (state, { document_id, ...changes }, at) => {
    const edit = (document: ProductDocument): ProductDocument => ({ ...document, ...changes, updated_at: at });
    const moved = changes.parent_document_id !== undefined;
    return { ...state, documents: moved ? toTheEnd(state, document_id, edit) : inPlace(state, document_id, edit) };
  },
  'product.document-removed.v1': (state, { document_id }) => ({
    ...state,
    documents: state.documents.filter(({ id }) => id !== document_id),
  }),

  'product.version-published.v1': (state, data, at) => withPublication(state, data, at),
  'product.version-unpublished.v1': (state, { reason: _, ...data }, at) => withPublication(state, data, at),
  'product.publication-changed.v1': (state, data, at) => withPublication(state, data, at),
  'product.publication-removed.v1': (state, { product_version_id, publication_id }) =>
    withVersion(state, product_version_id, (version) => ({
      ...version,
      publications: version.publications.filter(({ id }) => id !== publication_id),
    })),
};

const since = (at: string) => ({ created_at: at, updated_at: at });

const withVersion = (
  state: ProductState,
  versionId: string,
  change: (version: ProductVersion) => ProductVersion,
): ProductState => ({
  ...state,
  versions: state.versions.map((version) => (version.id === versionId ? change(version) : version)),
});

/** The settings in the event replace those of the publication, which is new if the version had none on that portal. */
function withPublication(state: ProductState, data: PublicationChanged, at: string): ProductState {
  const { publication_id: id, product_version_id, notify: _, ...settings } = data;
  return withVersion(state, product_version_id, (version) => {
    const before = version.publications.find((publication) => publication.id === id);
    const changed: Publication = { id, ...settings, created_at: before?.created_at ?? at, updated_at: at };
    const publications = before
      ? version.publications.map((publication) => (publication === before ? changed : publication))
      : [...version.publications, changed];
    return { ...version, publications };
  });
}

type Edit = (document: ProductDocument) => ProductDocument;

const inPlace = ({ documents }: ProductState, documentId: string, edit: Edit): readonly ProductDocument[] =>
  documents.map((document) => (document.id === documentId ? edit(document) : document));

const toTheEnd = ({ documents }: ProductState, documentId: string, edit: Edit): readonly ProductDocument[] => [
  ...documents.filter(({ id }) => id !== documentId),
  ...documents.filter(({ id }) => id === documentId).map(edit),
];

/** Folds one event; those of other aggregates, and types it does not know, change nothing. */
export function evolve(state: ProductState, event: ProductEvent & { readonly at: string }): ProductState {
  if (!Object.hasOwn(folds, event.type)) return state;
  const apply = folds[event.type] as (state: ProductState, data: object, at: string) => ProductState;
  return apply(state, event.data, event.at);
}
