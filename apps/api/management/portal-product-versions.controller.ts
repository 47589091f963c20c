import { Controller, Inject } from '@nestjs/common';
import type { Publication } from '#domain/product/state.js';
import { Ctx, type Context } from '../http/context.js';
import { listParameters, page, parseList, viewQuery } from '../http/lists.js';
import { pageOf } from '../http/openapi.js';
import { Operation, ref } from '../http/operation.js';
import { invalid, notFound } from '../http/problem.js';
import { Sender } from '../http/sender.js';
import { SERVICES, type Services } from '../services.js';
import { NewPublication, PUBLICATION_SETTINGS, PublicationChange } from './portal-bodies.js';
import { NEWEST_FIRST, PUBLICATIONS } from './portal-lists.js';
import { findPortal, findPublication, productOfVersion } from './portal-lookup.js';
import { renderPublication } from './render-portals.js';
import { strategiesOf } from './used-strategies.js';

const access = { role: 'admin' } as const;
const tag = 'Portal product versions';
const one = '/v2/portals/{portalId}/product-versions/{productVersionId}';
const response = { description: 'The version on the portal.', schema: ref('AdminPublication') };

@Controller()
export class PortalProductVersionsController {
  constructor(
    @Inject(SERVICES) private readonly services: Services,
    @Inject(Sender) private readonly sender: Sender,
  ) {}

  @Operation({
    id: 'list-portal-product-versions',
    method: 'GET',
    path: '/v2/portals/{portalId}/product-versions',
    tag,
    summary: 'List the product versions configured for a portal',
    access,
    query: listParameters(PUBLICATIONS),
    responses: {
      200: { description: 'Newest first unless sorted otherwise.', schema: pageOf(ref('AdminPublication')) },
    },
    errors: [400, 401, 403, 404],
  })
  async list(@Ctx() context: Context) {
    const query = parseList(context.query, PUBLICATIONS);
    const portal = await findPortal(this.services, context.params['portalId']!);
    const own = [{ field: 'portal_id', op: 'eq', value: portal.id }] as const;
    const { docs, total } = await this.services.reads.list('publications', viewQuery(query, own, NEWEST_FIRST));
    const publications = docs as unknown as readonly (Publication & { product_version_id: string })[];
    const strategies = await strategiesOf(
      this.services,
      publications.flatMap(({ auth_strategy_ids }) => auth_strategy_ids),
    );
    return page(
      publications.map((publication) => renderPublication(publication, strategies)),
      query,
      total,
    );
  }

  @Operation({
    id: 'create-portal-product-version',
    method: 'POST',
    path: '/v2/portals/{portalId}/product-versions',
    tag,
    summary: 'Configure a product version for a portal',
    description: 'Publishes it there if it says so. A version that the portal has already gets these settings.',
    access,
    body: { class: NewPublication },
    responses: { 201: response },
    errors: [400, 401, 403, 404, 409],
  })
  async create(@Ctx() context: Context) {
    const { publish_status, ...settings } = context.body as unknown as NewPublication;
    const portal_id = context.params['portalId']!;
    await findPortal(this.services, portal_id);
    const product_id = await productOfVersion(this.services, settings.product_version_id);
    if (product_id === undefined) {
      throw invalid({ field: 'product_version_id', reason: 'is no product version', rule: 'invalid', source: 'body' });
    }
    const command = publish_status === 'published' ? 'PublishProductVersion' : 'PreparePublication';
    await this.sender.send(context, command, { ...settings, product_id, portal_id });
    return this.shown(context, settings.product_version_id);
  }

  @Operation({
    id: 'get-portal-product-version',
    method: 'GET',
    path: one,
    tag,
    summary: 'Read how a product version is configured for a portal',
    access,
    responses: { 200: response },
    errors: [400, 401, 403, 404],
  })
  get(@Ctx() context: Context) {
    return this.shown(context, context.params['productVersionId']!);
  }

  @Operation({
    id: 'update-portal-product-version',
    method: 'PATCH',
    path: one,
    tag,
    summary: 'Change some settings of a product version on a portal',
    access,
    body: { class: PublicationChange },
    responses: { 200: response },
    errors: [400, 401, 403, 404, 409],
  })
  update(@Ctx() context: Context) {
    return this.change(context);
  }

  @Operation({
    id: 'replace-portal-product-version',
    method: 'PUT',
    path: one,
    tag,
    summary: 'Replace the settings of a product version on a portal',
    access,
    body: { class: PublicationChange, required: PUBLICATION_SETTINGS },
    responses: { 200: response },
    errors: [400, 401, 403, 404, 409],
  })
  replace(@Ctx() context: Context) {
    return this.change(context);
  }

  @Operation({
    id: 'delete-portal-product-version',
    method: 'DELETE',
    path: one,
    tag,
    summary: 'Remove a product version from a portal',
    description: 'Registrations that exist stay, and are shown as they are.',
    access,
    responses: { 204: { description: 'Removed.' } },
    errors: [401, 403, 404],
  })
  async delete(@Ctx() context: Context): Promise<void> {
    await this.sender.send(context, 'RemovePublication', await this.named(context));
  }

  private async change(context: Context) {
    const named = await this.named(context);
    await this.sender.send(context, 'ChangePublication', { ...context.body, ...named });
    return this.shown(context, named.product_version_id);
  }

  /** What the path names, as commands want it. */
  private async named({ params }: Context) {
    const { portalId: portal_id, productVersionId: product_version_id } = params as Record<string, string>;
    const product_id = await productOfVersion(this.services, product_version_id!);
    if (product_id === undefined) throw notFound('The product version');
    return { product_id, product_version_id: product_version_id!, portal_id: portal_id! };
  }

  private async shown(context: Context, versionId: string) {
    const { publication, revision } = await findPublication(this.services, context.params['portalId']!, versionId);
    context.revision = revision;
    const strategies = await strategiesOf(this.services, publication.auth_strategy_ids);
    return renderPublication({ ...publication, product_version_id: versionId }, strategies);
  }
}
