import { changedFields } from '../core/changes.js';
import type { Decide } from '../core/decider.js';
import { refuse } from '../core/refusal.js';
import type { Refusal } from '../core/refusal.js';
import { answer, noProduct } from './answer.js';
import type { Event } from './answer.js';
import type { AddDocument, EditDocument, RemoveDocument } from './commands.js';
import type { DocumentDetails } from './events.js';
import { showDocument } from './resources.js';
import { documentOf } from './state.js';
import type { ProductState } from './state.js';

const MAX_METADATA_CHARACTERS = 16_384;
const MAX_METADATA_DEPTH = 16;

const isWithinDepth = (value: unknown, depth: number): boolean =>
  typeof value !== 'object' || value === null
    ? true
    : depth > 0 && Object.values(value).every((child) => isWithinDepth(child, depth - 1));

/** The metadata as JSON text, or undefined if it is too large or too deep; no metadata is an empty object. */
function metadataText(metadata: object = {}): string | undefined {
  if (!isWithinDepth(metadata, MAX_METADATA_DEPTH)) return undefined;
  const text = JSON.stringify(metadata);
  return text.length <= MAX_METADATA_CHARACTERS ? text : undefined;
}

const tooLarge = () =>
  refuse('document_metadata_too_large', { characters: MAX_METADATA_CHARACTERS, depth: MAX_METADATA_DEPTH });

/** Portals address documents by slug: unique within the product, compared exactly. */
function slugTaken(state: ProductState, slug: string | undefined, documentId: string): Refusal | undefined {
  const taken = state.documents.some((document) => document.slug === slug && document.id !== documentId);
  return taken && slug !== undefined ? refuse('document_slug_taken', { slug }) : undefined;
}

/** The parent must be there, and must not be the document itself or lie below it: following parents always ends. */
function parentProblem(
  state: ProductState,
  parentId: string | null | undefined,
  documentId: string,
): Refusal | undefined {
  if (parentId == null) return undefined;
  if (!documentOf(state, parentId)) return refuse('document_parent_unknown', { id: parentId });
  for (let id: string | null = parentId; id !== null; id = documentOf(state, id)?.parent_document_id ?? null) {
    if (id === documentId) return refuse('document_parent_below', { id: parentId });
  }
  return undefined;
}

export const addDocument: Decide<AddDocument, ProductState> = (state, command, _, env) => {
  if (!state.exists) return noProduct(command.product_id);
  const document_id = env.id('document');
  const { slug, title, status, parent_document_id = null, content_sha256, size } = command;
  const problem = slugTaken(state, slug, document_id) ?? parentProblem(state, parent_document_id, document_id);
  if (problem) return problem;
  const metadata = metadataText(command.metadata);
  if (metadata === undefined) return tooLarge();
  const details: DocumentDetails = {
    slug,
    title: title.trim(),
    status,
    parent_document_id,
    metadata,
    content_sha256,
    size,
  };
  const added: Event = { type: 'product.document-added.v1', data: { document_id, ...details } };
  return answer(state, [added], env, showDocument(document_id));
};

export const editDocument: Decide<EditDocument, ProductState> = (state, command, _, env) => {
  if (!state.exists) return noProduct(command.product_id);
  const { document_id, slug, status, parent_document_id, content_sha256, size } = command;
  const document = documentOf(state, document_id);
  if (!document) return refuse('document_not_found', { id: document_id });
  const problem = slugTaken(state, slug, document_id) ?? parentProblem(state, parent_document_id, document_id);
  if (problem) return problem;
  if ((content_sha256 === undefined) !== (size === undefined)) return refuse('document_content_incomplete');
  const metadata = command.metadata === undefined ? document.metadata : metadataText(command.metadata);
  if (metadata === undefined) return tooLarge();
  const changes = changedFields<Partial<DocumentDetails>>(document, {
    slug,
    title: command.title?.trim(),
    status,
    parent_document_id,
    metadata,
    content_sha256,
    size,
  });
  const edited: Event = { type: 'product.document-edited.v1', data: { document_id, ...changes } };
  return answer(state, Object.keys(changes).length > 0 ? [edited] : [], env, showDocument(document_id));
};

/** Its children move up to its own parent, so that nothing is lost with a chapter's title page. */
export const removeDocument: Decide<RemoveDocument, ProductState> = (state, command) => {
  if (!state.exists) return noProduct(command.product_id);
  const { document_id } = command;
  const document = documentOf(state, document_id);
  if (!document) return refuse('document_not_found', { id: document_id });
  const children = state.documents.filter(({ parent_document_id }) => parent_document_id === document_id);
  const moved = children.map(({ id }): Event => ({
    type: 'product.document-edited.v1',
    data: { document_id: id, parent_document_id: document.parent_document_id },
  }));
  const removed: Event = { type: 'product.document-removed.v1', data: { document_id } };
  return { events: [...moved, removed], result: { id: document_id } };
};
