import type { DocumentNodes } from '#documents/document-nodes.js';
import { documentResource } from '#domain/product/resources.js';
import type { ProductDocument } from '#domain/product/state.js';

/**
 * The published documents, in the order of the tree. One below a document that is not published stands under the next one
 * above that is, so that nothing published is out of reach.
 */
export function publishedDocuments(documents: readonly ProductDocument[]): readonly ProductDocument[] {
  const byId = new Map(documents.map((document) => [document.id, document]));
  function shownParent({ parent_document_id }: ProductDocument): string | null {
    const parent = parent_document_id === null ? undefined : byId.get(parent_document_id);
    if (!parent) return null;
    return parent.status === 'published' ? parent.id : shownParent(parent);
  }
  return documents
    .filter(({ status }) => status === 'published')
    .map((document) => ({ ...document, parent_document_id: shownParent(document) }));
}

export function renderItem(document: ProductDocument) {
  const { status: _, ...item } = documentResource(document);
  return item;
}

interface Below {
  readonly id: string;
  readonly parent_document_id: string | null;
}

export type Tree<T> = T & { readonly children: readonly Tree<T>[] };

/** The roots, each with what is below it, in the order given. */
export function asTree<T extends Below>(items: readonly T[]): readonly Tree<T>[] {
  const nodes = new Map(items.map((item) => [item.id, { ...item, children: [] as Tree<T>[] }]));
  const roots: Tree<T>[] = [];
  for (const node of nodes.values()) {
    const siblings = node.parent_document_id === null ? roots : nodes.get(node.parent_document_id)!.children;
    siblings.push(node);
  }
  return roots;
}

export type TreeNode = Tree<ReturnType<typeof renderItem>>;

export const renderTree = (documents: readonly ProductDocument[]): readonly TreeNode[] =>
  asTree(documents.map(renderItem));

/** `content`: Markdown, or the nodes that it means. */
export const renderDocument = ({ id, parent_document_id, slug, title }: ProductDocument, content: string | object) => ({
  id,
  parent_document_id,
  slug,
  title,
  content,
});

/** What a client that wants nodes gets for Markdown that cannot be read: its source. */
export const sourceAsNodes = (markdown: string): DocumentNodes => ({
  type: 'document',
  version: '1',
  children: [{ type: 'code_block', children: [{ type: 'text', text: markdown }] }],
});
