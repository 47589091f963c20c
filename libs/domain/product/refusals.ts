import type { RefusalDefinition } from '../core/refusal.js';

export const productRefusals = {
  product_not_found: { kind: 'not-found', detail: 'There is no product [{id}].' },
  product_portal_unknown: {
    kind: 'invalid',
    field: 'portal_ids',
    detail: 'There is no portal [{id}]. Leave it out of portal_ids.',
  },

  product_version_not_found: { kind: 'not-found', detail: 'The product has no version [{id}].' },
  gateway_service_taken: {
    kind: 'conflict',
    field: 'gateway_service',
    detail: 'The gateway service [{value}] is linked to another version. Take the link away there first.',
  },

  specification_not_found: { kind: 'not-found', detail: 'The version has no specification [{id}].' },
  specification_exists: {
    kind: 'conflict',
    detail: 'Specification for API product version [{version}] already exists: [{id}]. Edit that one.',
  },
  specification_content_incomplete: {
    kind: 'invalid',
    field: 'content_sha256',
    detail: 'New content needs content_sha256, operations_sha256 and size together.',
  },

  document_not_found: { kind: 'not-found', detail: 'The product has no document [{id}].' },
  document_slug_taken: {
    kind: 'conflict',
    field: 'slug',
    detail: 'Another document of the product has the slug [{slug}]. Choose a different one.',
  },
  document_parent_unknown: {
    kind: 'invalid',
    field: 'parent_document_id',
    detail: 'The product has no document [{id}] to be the parent.',
  },
  document_parent_below: {
    kind: 'invalid',
    field: 'parent_document_id',
    detail: 'The document [{id}] is the document itself or lies below it. Choose another parent.',
  },
  document_metadata_too_large: {
    kind: 'invalid',
    field: 'metadata',
    detail: 'Metadata may have {characters} characters of JSON and be nested {depth} levels deep.',
  },
  document_content_incomplete: {
    kind: 'invalid',
    field: 'content_sha256',
    detail: 'New content needs content_sha256 and size together.',
  },

  publication_not_found: {
    kind: 'not-found',
    detail: 'The version [{version}] is not configured for portal [{portal}]. Publish it there first.',
  },
  publication_strategy_unknown: {
    kind: 'invalid',
    field: 'auth_strategy_ids',
    detail: 'There is no auth strategy [{id}].',
  },
  registration_needs_strategy: {
    kind: 'invalid',
    field: 'auth_strategy_ids',
    detail: 'Applications register with an auth strategy: name one, or leave application registration disabled.',
  },
} as const satisfies Record<string, RefusalDefinition>;
