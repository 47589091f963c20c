import { Controller, Inject } from '@nestjs/common';
import { Answer } from '../http/answer.interceptor.js';
import { Ctx, type Context } from '../http/context.js';
import { listParameters, page, parseList, type ListQuery } from '../http/lists.js';
import { pageOf } from '../http/openapi.js';
import { Operation, ref } from '../http/operation.js';
import { notFound } from '../http/problem.js';
import { SERVICES, type Services } from '../services.js';
import { visibleProduct } from './catalogue.js';
import { blobBytes } from '../http/content.js';
import { negotiate } from '../http/negotiation.js';
import { publishedDocuments, renderDocument, renderItem, renderTree, sourceAsNodes } from './render-documents.js';

const JSON_TYPE = 'application/json';
const TREE = 'application/vnd.konnect.document-tree+json';
const NODES = 'application/vnd.konnect.document-nodes+json';
const MARKDOWN = 'text/markdown';

/** The client asks for the tree without paging and shows what it gets: the default page would hide what is after it. */
const TREE_PAGE = '100';

const TAG = 'Portal: documents';

/** Published documents of products that this portal lists. */
@Controller()
export class DocumentsController {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  @Operation({
    id: 'list-product-documents',
    method: 'GET',
    path: '/api/v2/products/{productId}/documents',
    tag: TAG,
    summary: 'Documents of a product, flat or as a tree',
    description: `The Accept header chooses. Pages of the tree count its roots, and hold ${TREE_PAGE} unless told.`,
    access: 'optional',
    query: listParameters(),
    responses: {
      200: {
        description: 'A page of documents.',
        schema: pageOf(ref('PortalDocument')),
        alternatives: { [TREE]: pageOf(ref('PortalDocumentTree')) },
      },
    },
    errors: [400, 401, 404],
  })
  async list(@Ctx() context: Context) {
    const { request, params, query: parameters } = context;
    const type = negotiate(request.headers.accept, [JSON_TYPE, TREE]);
    const query = parseList(type === TREE ? { 'page[size]': TREE_PAGE, ...parameters } : parameters);
    const { state } = await visibleProduct(this.services, context, params['productId']!);
    const documents = publishedDocuments(state.documents);
    if (type === JSON_TYPE)
      return negotiated(type, page(cut(documents, query).map(renderItem), query, documents.length));
    const roots = renderTree(documents);
    return negotiated(type, page(cut(roots, query), query, roots.length));
  }

  @Operation({
    id: 'get-product-document',
    method: 'GET',
    path: '/api/v2/products/{productId}/documents/{documentId}',
    tag: TAG,
    summary: 'A document, as Markdown or as nodes',
    description: 'The Accept header chooses: Markdown in JSON, the nodes that it means, or the Markdown alone.',
    access: 'optional',
    freeParams: { documentId: 'The id or the slug of the document.' },
    responses: {
      200: {
        description: 'The document.',
        schema: ref('PortalDocumentContent'),
        alternatives: { [NODES]: ref('PortalDocumentNodes'), [MARKDOWN]: { type: 'string' } },
      },
    },
    errors: [400, 401, 404],
  })
  async get(@Ctx() context: Context) {
    const { request, params } = context;
    const type = negotiate(request.headers.accept, [JSON_TYPE, NODES, MARKDOWN]);
    const { state, revision } = await visibleProduct(this.services, context, params['productId']!);
    const name = params['documentId']!;
    const document = publishedDocuments(state.documents).find(
      ({ id, slug }) => id === name.toLowerCase() || slug === name,
    );
    if (!document) throw notFound('The document');
    context.revision = revision;
    const bytes = await blobBytes(this.services, document.content_sha256);
    const markdown = new TextDecoder().decode(bytes);
    if (type === MARKDOWN) return negotiated(type, markdown);
    if (type === JSON_TYPE) return negotiated(type, renderDocument(document, markdown));
    const read = await this.services.publicDocuments.documentNodes(bytes);
    return negotiated(type, renderDocument(document, read.ok ? read.document : sourceAsNodes(markdown)));
  }
}

const cut = <T>(items: readonly T[], { number, size }: ListQuery): readonly T[] =>
  items.slice((number - 1) * size, number * size);

const negotiated = (type: string, body: string | object): Answer =>
  new Answer(typeof body === 'string' ? body : JSON.stringify(body), {
    headers: { 'content-type': `${type}; charset=utf-8`, vary: 'Accept, Origin' },
  });
