import { Controller, Inject } from '@nestjs/common';
import { Ctx, type Context } from '../http/context.js';
import { listInMemory } from '../http/lists-in-memory.js';
import { listParameters, page, parseList, type ListSpec } from '../http/lists.js';
import { pageOf } from '../http/openapi.js';
import { Operation, ref } from '../http/operation.js';
import { notFound } from '../http/problem.js';
import { SERVICES, type Services } from '../services.js';
import { entryOf, strategiesOf, type EntryVersion } from './catalogue.js';
import { renderVersion } from './render-catalogue.js';
import { foldText } from '#read-models/fold-text.js';

const LIST: ListSpec = { filter: { name: { ops: ['eq', 'contains'] } } };

const TAG = 'Portal: versions';

/** Versions that are published on this portal. */
@Controller()
export class VersionsController {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  @Operation({
    id: 'list-product-versions',
    method: 'GET',
    path: '/api/v2/products/{productId}/versions',
    tag: TAG,
    summary: 'Versions of a product, newest first',
    access: 'optional',
    query: listParameters(LIST),
    responses: { 200: { description: 'A page of versions.', schema: pageOf(ref('PortalProductVersion')) } },
    errors: [400, 401, 404],
  })
  async list(@Ctx() context: Context) {
    const { params, portal } = context;
    const query = parseList(context.query, LIST);
    const { versions } = await entryOf(this.services, context, params['productId']!);
    const named = versions.map((version) => ({ ...version, name_folded: foldText(version.name) }));
    const { docs, total } = listInMemory(named, query, [{ field: 'created_at', descending: true }]);
    return page(await this.render(docs, portal.state), query, total);
  }

  @Operation({
    id: 'get-product-version',
    method: 'GET',
    path: '/api/v2/products/{productId}/versions/{productVersionId}',
    tag: TAG,
    summary: 'A version of a product',
    access: 'optional',
    responses: { 200: { description: 'The version.', schema: ref('PortalProductVersion') } },
    errors: [400, 401, 404],
  })
  async get(@Ctx() context: Context) {
    const { params, portal } = context;
    const { versions, revision } = await entryOf(this.services, context, params['productId']!);
    const version = versions.find(({ id }) => id === params['productVersionId']!);
    if (!version) throw notFound('The product version');
    context.revision = revision;
    return (await this.render([version], portal.state))[0];
  }

  private async render(versions: readonly EntryVersion[], portal: Context['portal']['state']) {
    const strategies = await strategiesOf(this.services, versions);
    return versions.map((version) => renderVersion(version, strategies, portal));
  }
}
