/**
 * What answers show, in the field names of the Konnect API, as far as the product's own stream knows it: names of portals
 * and strategies, and the content of documents and specifications, are joined where the answer is made.
 */
import { fromPairs } from '../core/events.js';
import { documentOf, publicationOf, versionOf } from './state.js';
import type { ProductDocument, ProductState, ProductVersion, Publication, Specification } from './state.js';

export const productResource = (id: string, state: ProductState) => ({
  id,
  name: state.name,
  description: state.description,
  portal_ids: state.portal_ids,
  portals: state.portal_ids.map((portal_id) => ({ portal_id })),
  version_count: state.versions.length,
  labels: fromPairs(state.labels),
  public_labels: fromPairs(state.public_labels),
  created_at: state.created_at,
  updated_at: state.updated_at,
});

const settings = (publication: Publication) => ({
  publish_status: publication.publish_status,
  deprecated: publication.deprecated,
  application_registration_enabled: publication.application_registration_enabled,
  auto_approve_registration: publication.auto_approve_registration,
  auth_strategies: publication.auth_strategy_ids.map((id) => ({ id })),
});

/** Published and deprecated mean: on one portal at least. */
export const versionResource = (version: ProductVersion) => ({
  id: version.id,
  name: version.name,
  gateway_service: version.gateway_service,
  publish_status: version.publications.some(({ publish_status }) => publish_status === 'published')
    ? 'published'
    : 'unpublished',
  deprecated: version.publications.some(({ deprecated }) => deprecated),
  labels: fromPairs(version.labels),
  portals: version.publications.map((publication) => ({
    portal_id: publication.portal_id,
    portal_product_version_id: publication.id,
    ...settings(publication),
  })),
  created_at: version.created_at,
  updated_at: version.updated_at,
});

export const publicationResource = (versionId: string, publication: Publication) => ({
  id: publication.id,
  product_version_id: versionId,
  ...settings(publication),
  created_at: publication.created_at,
  updated_at: publication.updated_at,
});

export const specificationResource = (specification: Specification) => ({
  id: specification.id,
  name: specification.name,
  created_at: specification.created_at,
  updated_at: specification.updated_at,
});

export const documentResource = (document: ProductDocument) => ({
  id: document.id,
  parent_document_id: document.parent_document_id,
  title: document.title,
  slug: document.slug,
  status: document.status,
  metadata: JSON.parse(document.metadata) as object,
  created_at: document.created_at,
  updated_at: document.updated_at,
});

/** The resource of what a command has just changed; it is there, since the command's own events put it there. */
export const showVersion = (id: string) => (state: ProductState) => versionResource(versionOf(state, id)!);

export const showSpecification = (versionId: string) => (state: ProductState) =>
  specificationResource(versionOf(state, versionId)!.specification!);

export const showDocument = (id: string) => (state: ProductState) => documentResource(documentOf(state, id)!);

export const showPublication = (versionId: string, portalId: string) => (state: ProductState) =>
  publicationResource(versionId, publicationOf(state, versionId, portalId)!);
