import { Controller, Inject } from '@nestjs/common';
import { EditAuthenticationSettings } from '#domain/portal/identity-commands.js';
import { authenticationSettingsResource } from '#domain/portal/identity-state.js';
import { Ctx, type Context } from '../http/context.js';
import { Operation, ref } from '../http/operation.js';
import { Sender } from '../http/sender.js';
import { SERVICES, type Services } from '../services.js';
import { findPortal } from './portal-lookup.js';

const access = { role: 'admin' } as const;
const tag = 'Portal sign-in';
const path = '/v2/portals/{portalId}/authentication-settings';
const response = { description: 'The settings.', schema: ref('AdminAuthenticationSettings') };

/** As Konnect names them; Gatehouse's own setting is changed by the command. */
const FIELDS = [
  'basic_auth_enabled',
  'oidc_auth_enabled',
  'saml_auth_enabled',
  'oidc_team_mapping_enabled',
  'idp_mapping_enabled',
  'konnect_mapping_enabled',
  'oidc_issuer',
  'oidc_client_id',
  'oidc_client_secret',
  'oidc_scopes',
  'oidc_claim_mappings',
];

@Controller()
export class AuthenticationSettingsController {
  constructor(
    @Inject(SERVICES) private readonly services: Services,
    @Inject(Sender) private readonly sender: Sender,
  ) {}

  @Operation({
    id: 'get-portal-authentication-settings',
    method: 'GET',
    path,
    tag,
    summary: 'How developers sign in to a portal',
    access,
    responses: { 200: response },
    errors: [401, 403, 404],
  })
  get(@Ctx() context: Context) {
    return this.shown(context);
  }

  @Operation({
    id: 'update-portal-authentication-settings',
    method: 'PATCH',
    path,
    tag,
    summary: 'Change how developers sign in to a portal',
    description:
      'The oidc_ fields make or change the identity provider that is enabled, or the only one. Sessions that have begun go on; a way to sign in that is switched off is refused from now on.',
    access,
    body: { class: EditAuthenticationSettings, fields: FIELDS },
    responses: { 200: response },
    errors: [400, 401, 403, 404, 409],
  })
  async update(@Ctx() context: Context) {
    const portal_id = context.params['portalId']!;
    await this.sender.send(context, 'EditAuthenticationSettings', { ...context.body, portal_id });
    return this.shown(context);
  }

  private async shown(context: Context) {
    const { state, revision } = await findPortal(this.services, context.params['portalId']!);
    context.revision = revision;
    return authenticationSettingsResource(state);
  }
}
