import type { CatalogueEntry, EntryVersion } from './catalogue.js';
import { credentialType, type AuthStrategyState } from '#domain/auth-strategy/state.js';
import type { PortalState } from '#domain/portal/state.js';

export const renderProduct = (entry: CatalogueEntry) => ({
  id: entry.product_id,
  name: entry.name,
  description: entry.description,
  created_at: entry.created_at,
  updated_at: entry.updated_at,
  document_count: entry.document_count,
  version_count: entry.version_count,
  latest_version: entry.latest_version,
  public_labels: entry.public_labels,
});

export const renderHit = (entry: CatalogueEntry) => ({ index: 'product-catalog', source: renderProduct(entry) });

type Rules = Pick<PortalState, 'is_public' | 'auto_approve_applications'>;

/** How the version may be asked for: one entry per auth strategy, in the terms that decide on a request. */
function registrationConfigs(
  { publication }: EntryVersion,
  strategies: ReadonlyMap<string, AuthStrategyState>,
  portal: Rules,
) {
  return publication.auth_strategy_ids.flatMap((id) => {
    const strategy = strategies.get(id);
    if (!strategy?.exists) return [];
    return [
      {
        id,
        name: strategy.display_name,
        credential_type: credentialType(strategy),
        ...(strategy.openid_connect && { auth_methods: strategy.openid_connect.auth_methods }),
        ...(strategy.openid_connect &&
          strategy.dcr_provider_id !== null && { available_scopes: strategy.openid_connect.scopes }),
        registration_enabled: publication.application_registration_enabled && !portal.is_public,
        registration_auto_approve: portal.auto_approve_applications || publication.auto_approve_registration,
      },
    ];
  });
}

export const renderVersion = (
  version: EntryVersion,
  strategies: ReadonlyMap<string, AuthStrategyState>,
  portal: Rules,
) => ({
  id: version.id,
  name: version.name,
  created_at: version.created_at,
  updated_at: version.updated_at,
  deprecated: version.deprecated,
  registration_configs: registrationConfigs(version, strategies, portal),
});
