import { Controller, Inject } from '@nestjs/common';
import { documentResource } from '#domain/product/resources.js';
import { Answer } from '../http/answer.interceptor.js';
import { Ctx, type Context } from '../http/context.js';
import { listParameters, parseList } from '../http/lists.js';
import { pageOf } from '../http/openapi.js';
import { Operation, ref } from '../http/operation.js';
import { Sender } from '../http/sender.js';
import { blobBytes } from '../http/content.js';
import { negotiate } from '../http/negotiation.js';
import { asTree, sourceAsNodes } from '../portal/render-documents.js';
import { SERVICES, type Services } from '../services.js';
import { DocumentChange, NewDocument } from './product-bodies.js';
import { pageOfAll } from './product-lists.js';
import { findDocument, findProduct, pathIds } from './product-lookup.js';
import { renderDocument, renderDocumentSummary } from './render-products.js';
import { storeMarkdown } from './uploads.js';

const access = { role: 'admin' } as const;
const tag = 'API product documents';
const all = '/v2/api-products/{productId}/documents';
const one = '/v2/api-products/{productId}/documents/{documentId}';
const response = { description: 'The document, with its Markdown.', schema: ref('AdminDocument') };

const JSON_TYPE = 'application/json';
const TREE = 'application/vnd.konnect.document-tree+json';

@Controller()
export class ApiProductDocumentsController {
  constructor(
    @Inject(SERVICES) private readonly services: Services,
    @Inject(Sender) private readonly sender: Sender,
  ) {}

  @Operation({
    id: 'get-many-api-product-document',
    method: 'GET',
    path: all,
    tag,
    summary: 'List the documents of a product, flat or as a tree',
    description:
      'The Accept header chooses. Siblings stand in the order in which they came. Pages of the tree count roots.',
    access,
    query: listParameters(),
    responses: {
      200: {
        description: 'A page of documents.',
        schema: pageOf(ref('AdminDocumentSummary')),
        alternatives: { [TREE]: pageOf(ref('AdminDocumentTree')) },
      },
    },
    errors: [400, 401, 403, 404],
  })
  async list(@Ctx() context: Context) {
    const type = negotiate(context.request.headers.accept, [JSON_TYPE, TREE]);
    const query = parseList(context.query);
    const { documents } = (await findProduct(this.services, context.params)).state;
    const vary = 'Accept';
    if (type === JSON_TYPE) {
      return new Answer(pageOfAll(documents.map(renderDocumentSummary), query), { headers: { vary } });
    }
    const tree = pageOfAll(asTree(documents.map(documentResource)), query);
    return new Answer(JSON.stringify(tree), { headers: { vary, 'content-type': `${TREE}; charset=utf-8` } });
  }

  @Operation({
    id: 'create-api-product-document',
    method: 'POST',
    path: all,
    tag,
    summary: 'Add a document to a product',
    description: 'content is Markdown as it is, or base64 of it, up to 16 MB. It stands last among its siblings.',
    access,
    body: { class: NewDocument, large: true },
    responses: { 201: response },
    errors: [400, 401, 403, 404, 409, 413, 415, 503],
  })
  async create(@Ctx() context: Context) {
    const { content = '', ...document } = context.body as unknown as NewDocument;
    await findProduct(this.services, context.params);
    const stored = await storeMarkdown(this.services, content);
    const command = { ...document, ...pathIds(context.params), ...stored };
    const { result } = await this.sender.send(context, 'AddDocument', command);
    return this.shown(context, (result as { id: string }).id);
  }

  @Operation({
    id: 'get-api-product-document',
    method: 'GET',
    path: one,
    tag,
    summary: 'Read a document of a product',
    access,
    responses: { 200: response },
    errors: [401, 403, 404, 503],
  })
  get(@Ctx() context: Context) {
    return this.shown(context, context.params['documentId']!);
  }

  @Operation({
    id: 'update-api-product-document',
    method: 'PATCH',
    path: one,
    tag,
    summary: 'Change a document of a product',
    description: 'Another parent, or null for the top, puts it last among its new siblings.',
    access,
    body: { class: DocumentChange, large: true },
    responses: { 200: response },
    errors: [400, 401, 403, 404, 409, 413, 415, 503],
  })
  async update(@Ctx() context: Context) {
    const { content, ...changes } = context.body as unknown as DocumentChange;
    const { document } = await findDocument(this.services, context.params);
    const stored = content === undefined ? {} : await storeMarkdown(this.services, content);
    await this.sender.send(context, 'EditDocument', { ...changes, ...pathIds(context.params), ...stored });
    return this.shown(context, document.id);
  }

  @Operation({
    id: 'delete-api-product-document',
    method: 'DELETE',
    path: one,
    tag,
    summary: 'Remove a document of a product',
    description: 'What is below it moves up to its parent.',
    access,
    responses: { 204: { description: 'Removed.' } },
    errors: [401, 403, 404, 409],
  })
  async delete(@Ctx() context: Context): Promise<void> {
    await this.sender.send(context, 'RemoveDocument', pathIds(context.params));
  }

  private async shown(context: Context, documentId: string) {
    const { document, revision } = await findDocument(this.services, { ...context.params, documentId });
    context.revision = revision;
    const bytes = await blobBytes(this.services, document.content_sha256);
    const markdown = new TextDecoder().decode(bytes);
    const read = await this.services.specifications.documentNodes(bytes);
    return renderDocument(document, markdown, (read.ok ? read.document : sourceAsNodes(markdown)).children);
  }
}
