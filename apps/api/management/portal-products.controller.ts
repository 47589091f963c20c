import { Controller, Inject } from '@nestjs/common';
import { isUuid } from '#domain/core/text.js';
import type { ProductState } from '#domain/product/state.js';
import { Ctx, type Context } from '../http/context.js';
import { listParameters, page, parseList, viewQuery } from '../http/lists.js';
import { pageOf } from '../http/openapi.js';
import { Operation, ref } from '../http/operation.js';
import { invalid, type InvalidParameter } from '../http/problem.js';
import { Sender } from '../http/sender.js';
import { SERVICES, type Services } from '../services.js';
import { PublishedProducts } from './portal-bodies.js';
import { BY_NAME, PUBLISHED_PRODUCTS } from './portal-lists.js';
import { findPortal } from './portal-lookup.js';
import { renderPublishedProduct } from './render-portals.js';

const access = { role: 'admin' } as const;
const tag = 'Portal products';

/** Each is a command of its own. */
const MOST = 100;

@Controller()
export class PortalProductsController {
  constructor(
    @Inject(SERVICES) private readonly services: Services,
    @Inject(Sender) private readonly sender: Sender,
  ) {}

  @Operation({
    id: 'list-portal-products',
    method: 'GET',
    path: '/v2/portals/{portalId}/products',
    tag,
    summary: 'List the products that a portal lists',
    access,
    query: listParameters(PUBLISHED_PRODUCTS),
    responses: {
      200: { description: 'Products, by name unless sorted otherwise.', schema: pageOf(ref('AdminPublishedProduct')) },
    },
    errors: [400, 401, 403, 404],
  })
  async list(@Ctx() context: Context) {
    const query = parseList(context.query, PUBLISHED_PRODUCTS);
    const portal = await findPortal(this.services, context.params['portalId']!);
    const own = [{ field: 'portal_id', op: 'eq', value: portal.id }] as const;
    const { docs, total } = await this.services.reads.list('catalogue', viewQuery(query, own, BY_NAME));
    const entries = docs as unknown as readonly Parameters<typeof renderPublishedProduct>[0][];
    const products = await this.services.reads.getMany(
      'products',
      entries.map(({ product_id }) => product_id),
    );
    const data = entries.map((entry) =>
      renderPublishedProduct(entry, {
        // The two views advance one after the other: this one may not have the product yet, or not any more.
        ...{ portal_ids: [portal.id], labels: [] },
        ...(products.get(entry.product_id) as unknown as ProductState | undefined),
      }),
    );
    return page(data, query, total);
  }

  @Operation({
    id: 'publish-api-products',
    method: 'POST',
    path: '/v2/portals/{portalId}/publish',
    tag,
    summary: 'Put products on a portal, or take them off',
    description: `Up to ${MOST} at once. All are checked first; each is then a decision of its own.`,
    access,
    body: { class: PublishedProducts, schema: ref('AdminPublishProducts') },
    responses: { 204: { description: 'Done.' } },
    errors: [400, 401, 403, 404, 409],
  })
  async publish(@Ctx() context: Context): Promise<void> {
    if (context.expectedRevision !== undefined) {
      const reason = 'has no meaning here: every product has a revision of its own';
      throw invalid({ field: 'If-Match', reason, rule: 'invalid', source: 'header' });
    }
    const wanted = readWanted(context.body['api_products'] as Record<string, unknown>);
    const { id: portal_id } = await findPortal(this.services, context.params['portalId']!);
    await this.checkProducts([...wanted.keys()]);
    for (const [product_id, published] of wanted) {
      await this.sender.send(context, published ? 'PublishProduct' : 'UnpublishProduct', { product_id, portal_id });
    }
  }

  private async checkProducts(ids: readonly string[]): Promise<void> {
    const faults: InvalidParameter[] = [];
    for (const id of ids) {
      const { state } = await this.services.cache.load<ProductState>('product', id);
      if (!state.exists) faults.push(fault(id, 'is no product'));
    }
    if (faults.length > 0) throw invalid(...faults);
  }
}

const fault = (id: string, reason: string, rest: Partial<InvalidParameter> = {}): InvalidParameter => ({
  field: `api_products.${id.slice(0, 100)}`,
  reason,
  rule: 'invalid',
  source: 'body',
  ...rest,
});

/** Product id -> whether the portal is to list it. */
function readWanted(products: Record<string, unknown>): ReadonlyMap<string, boolean> {
  const entries = Object.entries(products);
  if (entries.length > MOST) {
    const reason = `must not have more than ${MOST} items`;
    throw invalid({ field: 'api_products', reason, rule: 'max_items', maximum: MOST, source: 'body' });
  }
  const faults = entries.flatMap(([id, wish]) => faultOf(id, wish) ?? []);
  if (faults.length > 0) throw invalid(...faults);
  return new Map(
    entries.map(([id, wish]) => [
      id.toLowerCase(),
      (wish as { publish_status: string } | null)?.publish_status === 'published',
    ]),
  );
}

const CHOICES = ['published', 'unpublished'];

function faultOf(id: string, wish: unknown): InvalidParameter | undefined {
  if (!isUuid(id)) return fault(id, 'must be named by a UUID', { rule: 'is_uuid' });
  if (wish === null) return undefined;
  if (typeof wish !== 'object') return fault(id, 'must be an object or null', { rule: 'is_object' });
  const { publish_status, ...others } = wish as Record<string, unknown>;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) return fault(`${id}.${unknown}`, 'is not a known property', { rule: 'unknown_property' });
  if (CHOICES.includes(publish_status as string)) return undefined;
  return fault(`${id}.publish_status`, `must be one of ${CHOICES.join(', ')}`, { rule: 'enum', choices: CHOICES });
}
