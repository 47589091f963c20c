import { Controller, Inject } from '@nestjs/common';
import { ProviderFailed } from '#client-registration/protocol.js';
import type { ApplicationState } from '#domain/application/state.js';
import { productVersionClaim } from '#domain/core/claims.js';
import type { ReadState } from '#domain/core/decider.js';
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

const unavailable = (detail: string): Problem =>
  new Problem(422, 'granted_scopes_unavailable', detail, { title: 'Unsupported IDP' });

const NOT_ASKED = "Scopes are not read from this application's identity provider. Ask the provider itself.";
const NO_ANSWER = 'The identity provider could not be asked which scopes it has granted. Try again.';

/** Scopes as an identity provider has granted them to the application's client, whichever version asked for them. */
@Controller()
export class GrantedScopesController {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  @Operation({
    id: 'get-application-product-version-granted-scopes',
    method: 'GET',
    path: `${of}/product-versions/{productVersionId}/granted-scopes`,
    tag: 'Portal: applications',
    summary: 'Scopes granted to an application, as its identity provider says',
    description: '422 where the provider cannot be asked: only RFC 7592 has a way to.',
    access,
    responses,
    errors,
  })
  async ofVersion(@Ctx() context: Context) {
    const application = await ownApplication(this.services, context);
    const versionId = context.params['productVersionId']!;
    const { store, keyring } = this.services;
    const owner = await store.ownerOf(keyring.claimHash(productVersionClaim(versionId)));
    if (!owner) throw notFound('The product version');
    const { state } = await visibleProduct(this.services, context, owner.slice('product-'.length));
    publishedVersion(state, context.portal.id, versionId);
    return this.granted(application);
  }

  @Operation({
    id: 'get-application-registration-granted-scopes',
    method: 'GET',
    path: `${of}/registrations/{registrationId}/granted-scopes`,
    tag: 'Portal: registrations',
    summary: "Scopes granted to a registration's application, as its identity provider says",
    description: '422 where the provider cannot be asked: only RFC 7592 has a way to.',
    access,
    responses,
    errors,
  })
  async ofRegistration(@Ctx() context: Context) {
    return this.granted((await ownRegistration(this.services, context)).application);
  }

  private async granted({ id, state }: ReadState<ApplicationState>): Promise<{ readonly scopes: readonly string[] }> {
    if (state.client?.status !== 'registered') throw unavailable(NOT_ASKED);
    const scopes = await this.services.clients.scopes(id).catch((error: unknown) => {
      if (error instanceof ProviderFailed) throw unavailable(NO_ANSWER);
      throw error;
    });
    if (!scopes) throw unavailable(NOT_ASKED);
    return { scopes };
  }
}
