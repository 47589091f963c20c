import { oidcEnabled } from '#domain/portal/identity-state.js';
import type { PortalState } from '#domain/portal/state.js';

/** What the portal's client asks for first. `organisationId`: the same for all portals of this installation. `providers`: that register clients. `period`: how far back analytics go. */
export const renderContext = (
  id: string,
  state: PortalState,
  organisationId: string,
  providers: readonly string[],
  period: string,
) => ({
  portal_id: id,
  org_id: organisationId,
  name: state.display_name,
  canonical_domain: state.custom_domain ?? state.default_domain,
  featureset_id: '',
  basic_auth_enabled: state.basic_auth_enabled,
  oidc_auth_enabled: oidcEnabled(state),
  is_public: state.is_public,
  rbac_enabled: state.rbac_enabled,
  dcr_provider_ids: providers,
  allowed_time_period: period,
});

export const renderAppearance = (state: PortalState) => ({
  variables: {
    catalog: {
      logo: { url: '/api/v2/portal/logo' },
      cover: { url: '/api/v2/portal/catalog-cover' },
      primary_header: { text: state.display_name },
      welcome_message: { text: state.description ?? '' },
    },
  },
  stylesheets: { global: { main: { data: {} } } },
});
