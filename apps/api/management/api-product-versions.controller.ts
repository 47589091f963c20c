import { Controller, Inject } from '@nestjs/common';
import type { PortalState } from '#domain/portal/state.js';
import type { GatewayService } from '#domain/product/events.js';
import type { ProductVersion } from '#domain/product/state.js';
import { foldText } from '#read-models/fold-text.js';
import { Ctx, type Context } from '../http/context.js';
import { listInMemory } from '../http/lists-in-memory.js';
import { listParameters, page, parseList } from '../http/lists.js';
import { pageOf } from '../http/openapi.js';
import { Operation, ref } from '../http/operation.js';
import { invalid } from '../http/problem.js';
import { Sender } from '../http/sender.js';
import { SERVICES, type Services } from '../services.js';
import { existing } from './existing.js';
import { NEWEST_FIRST } from './portal-lists.js';
import { NewVersion, VersionChange, type GatewayServiceBody } from './product-bodies.js';
import { VERSIONS } from './product-lists.js';
import { findProduct, findVersion, pathIds } from './product-lookup.js';
import { renderVersion } from './render-products.js';
import { strategiesOf } from './used-strategies.js';

const access = { role: 'admin' } as const;
const tag = 'API product versions';
const all = '/v2/api-products/{productId}/product-versions';
const one = '/v2/api-products/{productId}/product-versions/{productVersionId}';
const response = { description: 'The version.', schema: ref('AdminProductVersion') };

@Controller()
export class ApiProductVersionsController {
  constructor(
    @Inject(SERVICES) private readonly services: Services,
    @Inject(Sender) private readonly sender: Sender,
  ) {}

  @Operation({
    id: 'get-many-api-product-version',
    method: 'GET',
    path: all,
    tag,
    summary: 'List the versions of a product',
    access,
    query: listParameters(VERSIONS),
    responses: {
      200: { description: 'Newest first unless sorted otherwise.', schema: pageOf(ref('AdminProductVersion')) },
    },
    errors: [400, 401, 403, 404],
  })
  async list(@Ctx() context: Context) {
    const query = parseList(context.query, VERSIONS);
    const { state } = await findProduct(this.services, context.params);
    const all = (await this.render(state.versions)).map((version) => ({
      id: version.id,
      name: version.name,
      name_folded: foldText(version.name),
      publish_status: version.publish_status,
      gateway_service_id: version.gateway_service?.id ?? null,
      created_at: version.created_at,
      version,
    }));
    const { docs, total } = listInMemory(all, query, NEWEST_FIRST);
    return page(
      docs.map(({ version }) => version),
      query,
      total,
    );
  }

  @Operation({
    id: 'create-api-product-version',
    method: 'POST',
    path: all,
    tag,
    summary: 'Add a version to a product',
    description:
      'publish_status and deprecated are deprecated: "published" publishes it on every portal that lists the product.',
    access,
    body: { class: NewVersion },
    responses: { 201: response },
    errors: [400, 401, 403, 404, 409, 415],
  })
  async create(@Ctx() context: Context) {
    const command = { ...linked(context.body as unknown as NewVersion), ...pathIds(context.params) };
    const { result } = await this.sender.send(context, 'AddProductVersion', command);
    return this.shown(context, (result as { id: string }).id);
  }

  @Operation({
    id: 'get-api-product-version',
    method: 'GET',
    path: one,
    tag,
    summary: 'Read a version of a product',
    access,
    responses: { 200: response },
    errors: [401, 403, 404],
  })
  get(@Ctx() context: Context) {
    return this.shown(context, context.params['productVersionId']!);
  }

  @Operation({
    id: 'update-api-product-version',
    method: 'PATCH',
    path: one,
    tag,
    summary: 'Change a version of a product',
    description:
      'publish_status and deprecated are deprecated: they apply to all its publications. notify tells consumers where it becomes deprecated and is published.',
    access,
    body: { class: VersionChange },
    responses: { 200: response },
    errors: [400, 401, 403, 404, 409, 415],
  })
  async update(@Ctx() context: Context) {
    const command = { ...linked(context.body as unknown as VersionChange), ...pathIds(context.params) };
    await this.sender.send(context, 'EditProductVersion', command);
    return this.shown(context, context.params['productVersionId']!);
  }

  @Operation({
    id: 'delete-api-product-version',
    method: 'DELETE',
    path: one,
    tag,
    summary: 'Remove a version of a product',
    description: 'With its specification, everywhere it is published. Registrations that exist stay, and are shown.',
    access,
    responses: { 204: { description: 'Removed.' } },
    errors: [401, 403, 404, 409],
  })
  async delete(@Ctx() context: Context): Promise<void> {
    await this.sender.send(context, 'RemoveProductVersion', pathIds(context.params));
  }

  private async shown(context: Context, productVersionId: string) {
    const { version, revision } = await findVersion(this.services, { ...context.params, productVersionId });
    context.revision = revision;
    const [rendered] = await this.render([version]);
    return rendered;
  }

  private async render(versions: readonly ProductVersion[]) {
    const publications = versions.flatMap((version) => version.publications);
    const portalIds = publications.map(({ portal_id }) => portal_id);
    const strategyIds = publications.flatMap(({ auth_strategy_ids }) => auth_strategy_ids);
    const [portals, strategies] = await Promise.all([
      existing<PortalState>(this.services, 'portal', portalIds),
      strategiesOf(this.services, strategyIds),
    ]);
    return versions.map((version) => renderVersion(version, portals, strategies));
  }
}

/** The body with the control plane of its gateway service under its present name. */
function linked<B extends { gateway_service?: GatewayServiceBody | null }>(
  body: B,
): Omit<B, 'gateway_service'> & { gateway_service?: GatewayService | null } {
  const { gateway_service: link, ...rest } = body;
  if (link === undefined) return rest;
  return { ...rest, gateway_service: link && { id: link.id, control_plane_id: controlPlane(link) } };
}

/** Answers hold both names, so what was read may be sent back. */
function controlPlane({ control_plane_id, runtime_group_id }: GatewayServiceBody): string {
  const field = 'gateway_service.control_plane_id';
  const id = control_plane_id ?? runtime_group_id;
  if (id === undefined) throw invalid({ field, reason: 'is a required field', rule: 'required', source: 'body' });
  if (runtime_group_id !== undefined && runtime_group_id !== id)
    throw invalid({ field, reason: 'must equal runtime_group_id, or stand alone', rule: 'invalid', source: 'body' });
  return id;
}
