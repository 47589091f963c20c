import { Controller, Inject } from '@nestjs/common';
import { productVersionClaim } from '#domain/core/claims.js';
import { Ctx, type Context } from '../http/context.js';
import { Operation, ref } from '../http/operation.js';
import { notFound, Problem } from '../http/problem.js';
import { SERVICES, type Services } from '../services.js';
import { ownApplication, ownRegistration } from './applications.js';
import { publishedVersion, visibleProduct } from './catalogue.js';

const of = '/api/v2/applications/{applicationId}';
const access = 'developer';
const responses = { 200: { description: 'The scopes.', schema: ref('PortalGrantedScopes') } };
const errors = [401, 404, 422];

/** No identity provider is asked here; what an application may use is what its registrations say. */
const unsupported = (): Problem =>
  new Problem(
    422,
    'granted_scopes_unavailable',
    "Scopes are not read from this application's identity provider. Ask the provider itself.",
    { title: 'Unsupported IDP' },
  );

/** Scopes as an identity provider has granted them: not available here yet. */
@Controller()
export class GrantedScopesController {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  @Operation({
    id: 'get-application-product-version-granted-scopes',
    method: 'GET',
    path: `${of}/product-versions/{productVersionId}/granted-scopes`,
    tag: 'Portal: applications',
    summary: 'Scopes granted to an application for a version: not available here yet',
    access,
    responses,
    errors,
  })
  async ofVersion(@Ctx() context: Context): Promise<never> {
    await ownApplication(this.services, context);
    const versionId = context.params['productVersionId']!;
    const { store, keyring } = this.services;
    const owner = await store.ownerOf(keyring.claimHash(productVersionClaim(versionId)));
    if (!owner) throw notFound('The product version');
    const { state } = await visibleProduct(this.services, context.portal.id, owner.slice('product-'.length));
    publishedVersion(state, context.portal.id, versionId);
    throw unsupported();
  }

  @Operation({
    id: 'get-application-registration-granted-scopes',
    method: 'GET',
    path: `${of}/registrations/{registrationId}/granted-scopes`,
    tag: 'Portal: registrations',
    summary: 'Scopes granted to a registration: not available here yet',
    access,
    responses,
    errors,
  })
  async ofRegistration(@Ctx() context: Context): Promise<never> {
    await ownRegistration(this.services, context);
    throw unsupported();
  }
}
