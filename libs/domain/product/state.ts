import type { Decider } from '../core/decider.js';
import type {
  DocumentDetails,
  ProductDetails,
  PublicationSettings,
  SpecificationDetails,
  VersionDetails,
} from './events.js';
import { evolve } from './evolve.js';

interface Identified {
  readonly id: string;
  readonly created_at: string;
  readonly updated_at: string;
}

/** How a version is offered on one portal: the "portal product version" of the Konnect API. */
export interface Publication extends Identified, PublicationSettings {
  readonly portal_id: string;
}

export interface Specification extends Identified, SpecificationDetails {}

export interface ProductVersion extends Identified, VersionDetails {
  /** One at most. */
  readonly specification: Specification | null;
  /** One at most for each portal. */
  readonly publications: readonly Publication[];
}

export interface ProductDocument extends Identified, DocumentDetails {}

export interface ProductState extends ProductDetails {
  /** False before the creation and after the deletion. */
  readonly exists: boolean;
  readonly deleted: boolean;
  /** The portals that list the product. */
  readonly portal_ids: readonly string[];
  readonly versions: readonly ProductVersion[];
  /** In the order of the tree: siblings appear in the order in which they came to their parent. */
  readonly documents: readonly ProductDocument[];
  readonly created_at: string;
  /** The last change of the product itself; what it contains has its own times. */
  readonly updated_at: string;
}

const initialState: ProductState = {
  exists: false,
  deleted: false,
  name: '',
  description: null,
  labels: [],
  public_labels: [],
  portal_ids: [],
  versions: [],
  documents: [],
  created_at: '',
  updated_at: '',
};

/** An API product with its versions, its documents, and where they are published. */
export const product: Decider<ProductState> = { initialState, evolve: evolve as Decider<ProductState>['evolve'] };

export const versionOf = (state: ProductState, versionId: string): ProductVersion | undefined =>
  state.versions.find(({ id }) => id === versionId);

export const publicationOf = (state: ProductState, versionId: string, portalId: string): Publication | undefined =>
  versionOf(state, versionId)?.publications.find(({ portal_id }) => portal_id === portalId);

export const documentOf = (state: ProductState, documentId: string): ProductDocument | undefined =>
  state.documents.find(({ id }) => id === documentId);

/** Whether a portal lists the product. */
export const isVisibleOn = (state: ProductState, portalId: string): boolean =>
  state.exists && state.portal_ids.includes(portalId);

/** Whether developers of a portal see a version: the portal lists the product, and the version is published there. */
export const isPublishedOn = (state: ProductState, versionId: string, portalId: string): boolean =>
  isVisibleOn(state, portalId) && publicationOf(state, versionId, portalId)?.publish_status === 'published';
