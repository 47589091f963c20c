import { publishedDocuments, renderItem, renderTree, type TreeNode } from './render-documents.js';
import type { ProductDocument } from '#domain/product/state.js';

const document = (id: string, parent: string | null = null, status: ProductDocument['status'] = 'published') =>
  ({
    id,
    slug: id,
    title: id.toUpperCase(),
    status,
    parent_document_id: parent,
    metadata: '{"owner":"docs"}',
    content_sha256: 'x',
    size: 1,
    created_at: '2026-01-01T00:00:00.000Z',
    updated_at: '2026-01-02T00:00:00.000Z',
  }) satisfies ProductDocument;

const outline = (nodes: readonly TreeNode[]): string =>
  nodes.map(({ id, children }) => (children.length > 0 ? `${id}(${outline(children)})` : id)).join(' ');

describe('the documents of a product', () => {
  it('are shown without status and content, with their metadata as an object', () => {
    expect(renderItem(document('a', 'b'))).toEqual({
      id: 'a',
      parent_document_id: 'b',
      slug: 'a',
      title: 'A',
      metadata: { owner: 'docs' },
      created_at: '2026-01-01T00:00:00.000Z',
      updated_at: '2026-01-02T00:00:00.000Z',
    });
  });

  it('form a tree in their order, wherever parents stand in the list', () => {
    const documents = [document('leaf', 'branch'), document('b'), document('branch', 'a'), document('a')];
    expect(outline(renderTree(publishedDocuments(documents)))).toBe('b a(branch(leaf))');
  });

  it('move up past documents that are not published', () => {
    const documents = [
      document('a'),
      document('draft', 'a', 'unpublished'),
      document('draft2', 'draft', 'unpublished'),
      document('below', 'draft2'),
      document('hidden', null, 'unpublished'),
      document('top', 'hidden'),
    ];
    const published = publishedDocuments(documents);
    expect(published.map(({ id, parent_document_id }) => [id, parent_document_id])).toEqual([
      ['a', null],
      ['below', 'a'],
      ['top', null],
    ]);
    expect(outline(renderTree(published))).toBe('a(below) top');
  });
});
