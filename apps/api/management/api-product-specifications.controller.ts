import { Controller, Inject } from '@nestjs/common';
import { specificationResource } from '#domain/product/resources.js';
import type { Specification } from '#domain/product/state.js';
import { Answer } from '../http/answer.interceptor.js';
import { Ctx, type Context } from '../http/context.js';
import { listParameters, parseList } from '../http/lists.js';
import { pageOf } from '../http/openapi.js';
import { Operation, ref } from '../http/operation.js';
import { Sender } from '../http/sender.js';
import { blobBytes, blobText, jsonWithText } from '../http/content.js';
import { SERVICES, type Services } from '../services.js';
import { NewSpecification, SpecificationChange } from './product-bodies.js';
import { pageOfAll } from './product-lists.js';
import { findSpecification, findVersion, pathIds } from './product-lookup.js';
import { renderSpecification } from './render-products.js';
import { storeSpecification } from './uploads.js';

const access = { role: 'admin' } as const;
const tag = 'API product version specifications';
const all = '/v2/api-products/{productId}/product-versions/{productVersionId}/specifications';
const one = `${all}/{specificationId}`;
const response = { description: 'The specification, with its text.', schema: ref('AdminSpecification') };

@Controller()
export class ApiProductSpecificationsController {
  constructor(
    @Inject(SERVICES) private readonly services: Services,
    @Inject(Sender) private readonly sender: Sender,
  ) {}

  @Operation({
    id: 'get-many-api-product-version-spec',
    method: 'GET',
    path: all,
    tag,
    summary: 'List the specification of a version',
    description: 'One at most.',
    access,
    query: listParameters(),
    responses: { 200: { description: 'None or one.', schema: pageOf(ref('AdminSpecification')) } },
    errors: [400, 401, 403, 404],
  })
  async list(@Ctx() context: Context) {
    const query = parseList(context.query);
    const { version } = await findVersion(this.services, context.params);
    const specifications = version.specification ? [await this.render(version.specification)] : [];
    return pageOfAll(specifications, query);
  }

  @Operation({
    id: 'create-api-product-version-spec',
    method: 'POST',
    path: all,
    tag,
    summary: 'Give a version its specification',
    description: 'OpenAPI 2.0, 3.0 or 3.1 in JSON or YAML, as base64, up to 16 MB (YAML: 8 MB). A version has one.',
    access,
    body: { class: NewSpecification, large: true },
    responses: { 201: response },
    errors: [400, 401, 403, 404, 409, 413, 415, 503],
  })
  async create(@Ctx() context: Context) {
    const { name, content } = context.body as unknown as NewSpecification;
    await findVersion(this.services, context.params);
    const stored = await storeSpecification(this.services, content, name);
    const command = { ...pathIds(context.params), name, ...stored };
    const { result } = await this.sender.send(context, 'AddSpecification', command);
    return this.shown(context, (result as { id: string }).id);
  }

  @Operation({
    id: 'get-api-product-version-spec',
    method: 'GET',
    path: one,
    tag,
    summary: 'Read the specification of a version',
    access,
    responses: { 200: response },
    errors: [401, 403, 404],
  })
  get(@Ctx() context: Context) {
    return this.shown(context, context.params['specificationId']!);
  }

  @Operation({
    id: 'update-api-product-version-spec',
    method: 'PATCH',
    path: one,
    tag,
    summary: 'Rename the specification of a version, or replace its text',
    access,
    body: { class: SpecificationChange, large: true },
    responses: { 200: response },
    errors: [400, 401, 403, 404, 409, 413, 415, 503],
  })
  async update(@Ctx() context: Context) {
    const { name, content } = context.body as unknown as SpecificationChange;
    const { specification } = await findSpecification(this.services, context.params);
    const stored =
      content === undefined ? {} : await storeSpecification(this.services, content, name ?? specification.name);
    await this.sender.send(context, 'EditSpecification', { ...pathIds(context.params), name, ...stored });
    return this.shown(context, specification.id);
  }

  @Operation({
    id: 'delete-api-product-version-spec',
    method: 'DELETE',
    path: one,
    tag,
    summary: 'Remove the specification of a version',
    access,
    responses: { 204: { description: 'Removed.' } },
    errors: [401, 403, 404, 409],
  })
  async delete(@Ctx() context: Context): Promise<void> {
    await this.sender.send(context, 'RemoveSpecification', pathIds(context.params));
  }

  private async shown(context: Context, specificationId: string) {
    const found = await findSpecification(this.services, { ...context.params, specificationId });
    context.revision = found.revision;
    const { content_sha256 } = found.specification;
    const bytes = await blobBytes(this.services, content_sha256);
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    return new Answer(jsonWithText(specificationResource(found.specification), 'content', bytes), { headers });
  }

  private async render(specification: Specification) {
    return renderSpecification(specification, await blobText(this.services, specification.content_sha256));
  }
}
