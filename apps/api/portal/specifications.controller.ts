import { Controller, Inject } from '@nestjs/common';
import { Ctx, type Context } from '../http/context.js';
import { Operation, ref } from '../http/operation.js';
import { SERVICES, type Services } from '../services.js';
import { publishedVersion, visibleProduct } from './catalogue.js';
import { answerByHash, blobBytes, blobText, jsonWithText } from '../http/content.js';
import { readOperations } from '#documents/operations.js';
import type { Specification } from '#domain/product/state.js';

const TAG = 'Portal: versions';
const NONE = { description: 'The version has no specification.' };

/**
 * Specifications of published versions. The client asks for one per product of a catalogue page, only to see whether it is
 * there: products come from memory, and the answer to a client that has the content is a 304.
 */
@Controller()
export class SpecificationsController {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  @Operation({
    id: 'get-product-version-spec',
    method: 'GET',
    path: '/api/v2/products/{productId}/versions/{productVersionId}/spec',
    tag: TAG,
    summary: 'The specification of a version, as it was uploaded',
    access: 'optional',
    responses: { 200: { description: 'The text, JSON or YAML.', schema: ref('PortalSpecification') }, 204: NONE },
    errors: [400, 401, 404],
    raw: true,
  })
  async specification(@Ctx() context: Context) {
    const specification = await this.find(context);
    if (!specification) return undefined;
    const { api_type, content_sha256 } = specification;
    return answerByHash(context, content_sha256, async () =>
      jsonWithText({ api_type }, 'content', await blobBytes(this.services, content_sha256)),
    );
  }

  @Operation({
    id: 'get-product-version-spec-operations',
    method: 'GET',
    path: '/api/v2/products/{productId}/versions/{productVersionId}/spec/operations',
    tag: TAG,
    summary: 'The operations that the specification of a version describes',
    access: 'optional',
    responses: { 200: { description: 'The operations.', schema: ref('PortalSpecificationOperations') }, 204: NONE },
    errors: [400, 401, 404],
    raw: true,
  })
  async operations(@Ctx() context: Context) {
    const specification = await this.find(context);
    if (!specification) return undefined;
    const { api_type, operations_sha256 } = specification;
    return answerByHash(context, operations_sha256, async () => {
      // A command may once have named content that is no list.
      const operations = readOperations(await blobText(this.services, operations_sha256)) ?? [];
      return JSON.stringify({ api_type, operations });
    });
  }

  /** Undefined, with the answer's status set, if the version has none. */
  private async find(context: Context): Promise<Specification | undefined> {
    const { params, portal, reply } = context;
    const { state } = await visibleProduct(this.services, context, params['productId']!);
    const { specification } = publishedVersion(state, portal.id, params['productVersionId']!);
    if (!specification) void reply.status(204);
    return specification ?? undefined;
  }
}
