import { Controller, Inject } from '@nestjs/common';
import { Ctx, type Context } from '../http/context.js';
import { listParameters, page, parseList, viewQuery, type ListSpec } from '../http/lists.js';
import { pageOf } from '../http/openapi.js';
import { Operation, ref } from '../http/operation.js';
import { notFound } from '../http/problem.js';
import { SERVICES, type Services } from '../services.js';
import { entryOf, type CatalogueEntry } from './catalogue.js';
import { renderProduct } from './render-catalogue.js';
import { isVisibleOn, type ProductState } from '#domain/product/state.js';

const LIST: ListSpec = {
  filter: {
    name: { ops: ['eq', 'contains'] },
    description: { ops: ['eq', 'contains'] },
    id: { ops: ['eq'], field: 'product_id', uuid: true },
  },
};

const TAG = 'Portal: products';

/** The catalogue: products that this portal lists. */
@Controller()
export class ProductsController {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  @Operation({
    id: 'list-products',
    method: 'GET',
    path: '/api/v2/products',
    tag: TAG,
    summary: 'Products of the catalogue, by name',
    access: 'optional',
    query: listParameters(LIST),
    responses: { 200: { description: 'A page of products.', schema: pageOf(ref('PortalProduct')) } },
    errors: [400, 401],
  })
  async list(@Ctx() { query: parameters, portal }: Context) {
    const query = parseList(parameters, LIST);
    const { docs, total } = await this.services.reads.list(
      'catalogue',
      viewQuery(query, [{ field: 'portal_id', op: 'eq', value: portal.id }], [{ field: 'name_folded' }]),
    );
    return page((docs as readonly CatalogueEntry[]).map(renderProduct), query, total);
  }

  @Operation({
    id: 'get-product',
    method: 'GET',
    path: '/api/v2/products/{productId}',
    tag: TAG,
    summary: 'A product',
    access: 'optional',
    responses: { 200: { description: 'The product.', schema: ref('PortalProduct') } },
    errors: [400, 401, 404],
  })
  async get(@Ctx() context: Context) {
    const entry = await entryOf(this.services, context.portal.id, context.params['productId']!);
    context.revision = entry.revision;
    return renderProduct(entry);
  }

  @Operation({
    id: 'get-product-actions',
    method: 'GET',
    path: '/api/v2/products/{productId}/actions',
    tag: TAG,
    summary: 'What the signed-in developer may do with a product',
    description:
      'Every developer may do everything with a product that the portal lists. On a portal with role-based access, ' +
      'a product that is not listed gives three times false instead of 404: the client asks before it shows a page.',
    access: 'developer',
    responses: { 200: { description: 'The actions.', schema: ref('PortalProductActions') } },
    errors: [401, 404, 503],
  })
  async actions(@Ctx() { params, portal }: Context) {
    const { state } = await this.services.cache.load<ProductState>('product', params['productId']!);
    const listed = isVisibleOn(state, portal.id);
    if (!listed && !portal.state.rbac_enabled) throw notFound('The product');
    return { actions: { view: listed, register: listed, view_documentation: listed } };
  }
}
