import { Controller, Inject } from '@nestjs/common';
import type { PortalState } from '#domain/portal/state.js';
import { CreateProduct, EditProduct } from '#domain/product/commands.js';
import type { ProductState } from '#domain/product/state.js';
import { Ctx, type Context } from '../http/context.js';
import { listParameters, page, parseList, viewQuery } from '../http/lists.js';
import { pageOf } from '../http/openapi.js';
import { Operation, ref } from '../http/operation.js';
import { Sender } from '../http/sender.js';
import { SERVICES, type Services } from '../services.js';
import { existing } from './existing.js';
import { BY_NAME } from './portal-lists.js';
import { PRODUCT_FIELDS } from './product-bodies.js';
import { byLabels, PRODUCTS } from './product-lists.js';
import { findProduct, pathIds } from './product-lookup.js';
import { renderProduct } from './render-products.js';

const access = { role: 'admin' } as const;
const tag = 'API products';
const all = '/v2/api-products';
const one = '/v2/api-products/{productId}';
const response = { description: 'The product.', schema: ref('AdminProduct') };

type Product = ProductState & { readonly id: string };

@Controller()
export class ApiProductsController {
  constructor(
    @Inject(SERVICES) private readonly services: Services,
    @Inject(Sender) private readonly sender: Sender,
  ) {}

  @Operation({
    id: 'get-many-api-product',
    method: 'GET',
    path: all,
    tag,
    summary: 'List products',
    access,
    query: listParameters(PRODUCTS),
    responses: { 200: { description: 'By name unless sorted otherwise.', schema: pageOf(ref('AdminProduct')) } },
    errors: [400, 401, 403],
  })
  async list(@Ctx() context: Context) {
    const query = parseList(context.query, PRODUCTS);
    const { docs, total } = await this.services.reads.list(
      'products',
      viewQuery(query, byLabels(context.query), BY_NAME),
    );
    return page(await this.render(docs as unknown as readonly Product[]), query, total);
  }

  @Operation({
    id: 'create-api-product',
    method: 'POST',
    path: all,
    tag,
    summary: 'Create a product',
    description: 'The portals named list it; their developers see each version once it is published there.',
    access,
    body: { class: CreateProduct, fields: PRODUCT_FIELDS },
    responses: { 201: response },
    errors: [400, 401, 403, 415],
  })
  async create(@Ctx() context: Context) {
    const { result } = await this.sender.send(context, 'CreateProduct', context.body);
    return this.shown(context, (result as { id: string }).id);
  }

  @Operation({
    id: 'get-api-product',
    method: 'GET',
    path: one,
    tag,
    summary: 'Read a product',
    access,
    responses: { 200: response },
    errors: [401, 403, 404],
  })
  get(@Ctx() context: Context) {
    return this.shown(context, context.params['productId']!);
  }

  @Operation({
    id: 'update-api-product',
    method: 'PATCH',
    path: one,
    tag,
    summary: 'Change a product',
    description: 'portal_ids names all the portals that list it afterwards.',
    access,
    body: { class: EditProduct, fields: PRODUCT_FIELDS },
    responses: { 200: response },
    errors: [400, 401, 403, 404, 409, 415],
  })
  async update(@Ctx() context: Context) {
    const { product_id } = pathIds(context.params);
    await this.sender.send(context, 'EditProduct', { ...context.body, product_id });
    return this.shown(context, product_id);
  }

  @Operation({
    id: 'delete-api-product',
    method: 'DELETE',
    path: one,
    tag,
    summary: 'Delete a product',
    description: 'With its versions, specifications and documents, everywhere it is published.',
    access,
    responses: { 204: { description: 'Deleted.' } },
    errors: [401, 403, 404, 409],
  })
  async delete(@Ctx() context: Context): Promise<void> {
    await this.sender.send(context, 'DeleteProduct', pathIds(context.params));
  }

  private async shown(context: Context, productId: string) {
    const { id, state, revision } = await findProduct(this.services, { productId });
    context.revision = revision;
    const [rendered] = await this.render([{ ...state, id }]);
    return rendered;
  }

  private async render(products: readonly Product[]) {
    const ids = products.flatMap(({ portal_ids }) => portal_ids);
    const portals = await existing<PortalState>(this.services, 'portal', ids);
    return products.map((product) => renderProduct(product, portals));
  }
}
