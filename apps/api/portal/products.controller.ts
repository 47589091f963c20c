import { Controller, Inject } from '@nestjs/common';
import { Ctx, type Context } from '../http/context.js';
import { listParameters, page, parseList, viewQuery, type ListSpec } from '../http/lists.js';
import { pageOf } from '../http/openapi.js';
import { Operation, ref } from '../http/operation.js';
import { notFound } from '../http/problem.js';
import { SERVICES, type Services } from '../services.js';
import { accessOf, entryOf, seenBy, type CatalogueEntry } from './catalogue.js';
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
  async list(@Ctx() context: Context) {
    const query = parseList(context.query, LIST);
    const seen = seenBy(context, await accessOf(this.services, context));
    const { docs, total } = await this.services.reads.list(
      'catalogue',
      viewQuery(query, seen, [{ field: 'name_folded' }]),
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
    const entry = await entryOf(this.services, context, context.params['productId']!);
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
      'Every developer may do everything with a product that the portal lists. On a portal with role-based access the ' +
      "roles of the developer's teams decide, and a product that is hidden or not listed gives three times false " +
      'instead of 404: the client asks before it shows a page.',
    access: 'developer',
    responses: { 200: { description: 'The actions.', schema: ref('PortalProductActions') } },
    errors: [401, 404, 503],
  })
  async actions(@Ctx() context: Context) {
    const { portal } = context;
    const id = context.params['productId']!;
    const { state } = await this.services.cache.load<ProductState>('product', id);
    const listed = isVisibleOn(state, portal.id);
    if (!listed && !portal.state.rbac_enabled) throw notFound('The product');
    const access = await accessOf(this.services, context);
    const view = listed && access.mayView(id);
    return { actions: { view, register: listed && access.mayRegister(id), view_documentation: view } };
  }
}
