import { event } from '../core/events.js';
import type { EventOf, Pairs } from '../core/events.js';

export type PublishStatus = 'published' | 'unpublished';

export interface ProductDetails {
  readonly name: string;
  readonly description: string | null;
  readonly labels: Pairs;
  readonly public_labels: Pairs;
}

/** The service at a gateway that implements a version. */
export interface GatewayService {
  readonly id: string;
  readonly control_plane_id: string;
}

export interface VersionDetails {
  readonly name: string;
  readonly labels: Pairs;
  readonly gateway_service: GatewayService | null;
}

/** The content and the list of its operations are blobs, named by their SHA-256; size in bytes. */
export interface SpecificationDetails {
  readonly name: string;
  readonly api_type: 'openapi';
  readonly content_sha256: string;
  readonly operations_sha256: string;
  readonly size: number;
}

/** The Markdown is a blob, named by its SHA-256; size in bytes. */
export interface DocumentDetails {
  readonly slug: string;
  readonly title: string;
  readonly status: PublishStatus;
  readonly parent_document_id: string | null;
  /** JSON text: its keys are the writers' own. */
  readonly metadata: string;
  readonly content_sha256: string;
  readonly size: number;
}

export interface PublicationSettings {
  readonly publish_status: PublishStatus;
  /** None or one. */
  readonly auth_strategy_ids: readonly string[];
  readonly application_registration_enabled: boolean;
  readonly auto_approve_registration: boolean;
  readonly deprecated: boolean;
}

interface OfVersion {
  readonly product_version_id: string;
}

interface OfSpecification extends OfVersion {
  readonly specification_id: string;
}

interface OfDocument {
  readonly document_id: string;
}

interface OfPublication extends OfVersion {
  readonly publication_id: string;
  readonly portal_id: string;
}

/** A publication with all its settings after the change, so that a reader needs no earlier event. */
export interface PublicationChanged extends OfPublication, PublicationSettings {
  /** True where the version became deprecated on this portal and its consumers are to be told. */
  readonly notify: boolean;
}

interface Reason {
  readonly reason: string | null;
}

const details = { name: 'public', description: 'public', labels: 'public', public_labels: 'public' } as const;

const version = {
  product_version_id: 'public',
  name: 'public',
  labels: 'public',
  gateway_service: 'public',
} as const;

const specification = {
  specification_id: 'public',
  product_version_id: 'public',
  name: 'public',
  api_type: 'public',
  content_sha256: 'public',
  operations_sha256: 'public',
  size: 'public',
} as const;

const document = {
  document_id: 'public',
  slug: 'public',
  title: 'public',
  status: 'public',
  parent_document_id: 'public',
  metadata: 'public',
  content_sha256: 'public',
  size: 'public',
} as const;

const publication = {
  publication_id: 'public',
  portal_id: 'public',
  product_version_id: 'public',
  publish_status: 'public',
  auth_strategy_ids: 'public',
  application_registration_enabled: 'public',
  auto_approve_registration: 'public',
  deprecated: 'public',
  notify: 'public',
} as const;

/** An `edited` event holds the fields that changed, and no other. */
export const productEvents = {
  'product.created.v1': event<ProductDetails>('created the product [{name}]', details),
  'product.edited.v1': event<Partial<ProductDetails>>('edited the product', details),
  /** Everything in it goes with it: versions, publications, specifications and documents. */
  'product.deleted.v1': event<Reason>('deleted the product', { reason: 'public' }),
  /** All portals that list the product after the change. */
  'product.portals-changed.v1': event<{ readonly portal_ids: readonly string[] } & Reason>(
    'changed the portals that list the product',
    { portal_ids: 'public', reason: 'public' },
  ),

  'product.version-added.v1': event<OfVersion & VersionDetails>('added the version [{name}]', version),
  'product.version-edited.v1': event<OfVersion & Partial<VersionDetails>>(
    'edited the version [{product_version_id}]',
    version,
  ),
  /** Its publications and its specification go with it. */
  'product.version-removed.v1': event<OfVersion & Reason>('removed the version [{product_version_id}]', {
    product_version_id: 'public',
    reason: 'public',
  }),

  'product.specification-added.v1': event<OfSpecification & SpecificationDetails>(
    'added the specification [{name}] to version [{product_version_id}]',
    specification,
  ),
  'product.specification-edited.v1': event<OfSpecification & Partial<SpecificationDetails>>(
    'edited the specification of version [{product_version_id}]',
    specification,
  ),
  'product.specification-removed.v1': event<OfSpecification>(
    'removed the specification of version [{product_version_id}]',
    { specification_id: 'public', product_version_id: 'public' },
  ),

  'product.document-added.v1': event<OfDocument & DocumentDetails>('added the document [{slug}]', document),
  /** A changed parent puts the document last among that parent's children. */
  'product.document-edited.v1': event<OfDocument & Partial<DocumentDetails>>(
    'edited the document [{document_id}]',
    document,
  ),
  'product.document-removed.v1': event<OfDocument>('removed the document [{document_id}]', { document_id: 'public' }),

  'product.version-published.v1': event<PublicationChanged>(
    'published version [{product_version_id}] on portal [{portal_id}]',
    publication,
  ),
  'product.version-unpublished.v1': event<PublicationChanged & Reason>(
    'unpublished version [{product_version_id}] on portal [{portal_id}]',
    { ...publication, reason: 'public' },
  ),
  /** Settings of a publication whose status stays as it is, or of a new one that is not published yet. */
  'product.publication-changed.v1': event<PublicationChanged>(
    'changed the settings of version [{product_version_id}] on portal [{portal_id}]',
    publication,
  ),
  'product.publication-removed.v1': event<OfPublication & Reason>(
    'removed version [{product_version_id}] from portal [{portal_id}]',
    { publication_id: 'public', portal_id: 'public', product_version_id: 'public', reason: 'public' },
  ),
};

export type ProductEvent = EventOf<typeof productEvents>;
