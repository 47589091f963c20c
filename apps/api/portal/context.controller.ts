import { Controller, Inject } from '@nestjs/common';
import { Ctx, type Context } from '../http/context.js';
import { Operation, ref } from '../http/operation.js';
import { organisationIdOf } from '../http/organisation.js';
import { SERVICES, type Services } from '../services.js';
import { registeringProviders } from './registering-providers.js';
import { renderAppearance, renderContext } from './render-context.js';

/** What a portal says of itself before anybody signs in. */
@Controller()
export class ContextController {
  private readonly organisationId: string;

  constructor(@Inject(SERVICES) private readonly services: Services) {
    this.organisationId = organisationIdOf(services.keyring);
  }

  @Operation({
    id: 'get-portal-context',
    method: 'GET',
    path: '/api/v2/portal',
    tag: 'Portal: portal',
    summary: 'The portal that this host name means, and how one signs in to it',
    access: 'public',
    responses: { 200: { description: 'The portal.', schema: ref('PortalContext') } },
    errors: [],
  })
  async context(@Ctx() context: Context) {
    const providers = await registeringProviders(this.services, context.portal.id);
    context.revision = context.portal.revision;
    return renderContext(
      context.portal.id,
      context.portal.state,
      this.organisationId,
      providers,
      this.services.config.analytics.period,
    );
  }

  @Operation({
    id: 'get-portal-appearance',
    method: 'GET',
    path: '/api/v2/portal/appearance',
    tag: 'Portal: portal',
    summary: 'Texts and pictures of the catalogue page',
    access: 'public',
    responses: { 200: { description: 'The appearance.', schema: ref('PortalAppearance') } },
    errors: [],
  })
  appearance(@Ctx() context: Context) {
    context.revision = context.portal.revision;
    return renderAppearance(context.portal.state);
  }
}
