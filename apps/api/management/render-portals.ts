/** What the portal-management surface shows, in the field names of the Konnect API. Pure. */
import { availableScopes, credentialType, type AuthStrategyState } from '#domain/auth-strategy/state.js';
import type { ApplicationState, Registration } from '#domain/application/state.js';
import { fromPairs, type Pairs } from '#domain/core/events.js';
import type { DeveloperState } from '#domain/developer/state.js';
import type { PortalState } from '#domain/portal/state.js';
import type { ProductState, Publication } from '#domain/product/state.js';
import type { Person } from './people.js';

type Identified<S> = S & { readonly id: string };

/** A stream's state by its stream's id, or undefined: where an answer shows something of another stream. */
export type Lookup<S> = (id: string) => S | undefined;

export interface PortalCounts {
  readonly application_count: number;
  readonly developer_count: number;
  readonly published_product_count: number;
}

/** Without Gatehouse's own settings, which the command surface shows. */
export const renderPortal = (portal: Identified<PortalState>, counts: PortalCounts) => ({
  id: portal.id,
  name: portal.name,
  display_name: portal.display_name,
  description: portal.description,
  default_domain: portal.default_domain,
  is_public: portal.is_public,
  rbac_enabled: portal.rbac_enabled,
  auto_approve_applications: portal.auto_approve_applications,
  auto_approve_developers: portal.auto_approve_developers,
  custom_domain: portal.custom_domain,
  custom_client_domain: portal.custom_client_domain,
  default_application_auth_strategy_id: portal.default_application_auth_strategy_id,
  labels: fromPairs(portal.labels),
  ...counts,
  created_at: portal.created_at,
  updated_at: portal.updated_at,
});

interface CatalogueEntry {
  readonly product_id: string;
  readonly name: string;
  readonly description: string | null;
  readonly version_count: number;
  readonly created_at: string;
  readonly updated_at: string;
}

/** `product`: what only administrators see of it. */
export const renderPublishedProduct = (
  entry: CatalogueEntry,
  product: Pick<ProductState, 'portal_ids'> & { readonly labels: Pairs },
) => ({
  id: entry.product_id,
  name: entry.name,
  description: entry.description,
  portal_ids: product.portal_ids,
  version_count: entry.version_count,
  labels: fromPairs(product.labels),
  created_at: entry.created_at,
  updated_at: entry.updated_at,
});

/** The strategy as developers know it: its display name, and what a caller has to send. */
export const renderStrategy = (id: string, strategy: AuthStrategyState) => ({
  id,
  name: strategy.display_name,
  credential_type: credentialType(strategy),
  ...(strategy.key_auth && {
    key_names: strategy.key_auth.key_names,
    ...(strategy.key_auth.ttl && { ttl: strategy.key_auth.ttl }),
  }),
  ...(strategy.openid_connect && {
    auth_methods: strategy.openid_connect.auth_methods,
    available_scopes: availableScopes(strategy),
  }),
});

export const renderPublication = (
  publication: Publication & { readonly product_version_id: string },
  strategies: Lookup<AuthStrategyState>,
) => ({
  id: publication.id,
  product_version_id: publication.product_version_id,
  publish_status: publication.publish_status,
  auth_strategies: publication.auth_strategy_ids.flatMap((id) => {
    const strategy = strategies(id);
    return strategy ? [renderStrategy(id, strategy)] : [];
  }),
  application_registration_enabled: publication.application_registration_enabled,
  auto_approve_registration: publication.auto_approve_registration,
  deprecated: publication.deprecated,
  created_at: publication.created_at,
  updated_at: publication.updated_at,
});

/** `developer`: with its personal fields opened. */
export const renderDeveloper = (developer: Identified<DeveloperState>, applicationCount: number) => ({
  id: developer.id,
  email: developer.email,
  full_name: developer.full_name,
  status: developer.status,
  application_count: applicationCount,
  created_at: developer.created_at,
  updated_at: developer.updated_at,
});

/** Scopes that approved registrations carry; null with API keys, which have none. */
const grantedScopes = (strategy: AuthStrategyState | undefined, registrations: readonly Registration[]) =>
  strategy?.openid_connect
    ? [...new Set(registrations.flatMap(({ status, scopes }) => (status === 'approved' ? scopes : [])))]
    : null;

type Application = Omit<ApplicationState, 'credentials' | 'denied_version_ids' | 'exists'>;

/** No application has labels. */
export const renderApplication = (
  application: Identified<Application>,
  developer: Person,
  strategy: AuthStrategyState | undefined,
) => ({
  id: application.id,
  name: application.name,
  description: application.description,
  labels: {},
  reference_id: application.reference_id,
  registration_count: application.registrations.length,
  dcr_provider: application.client ? { id: application.client.dcr_provider_id } : null,
  portal: { id: application.portal_id },
  developer: { id: application.developer_id, name: developer.full_name, email: developer.email },
  ...(strategy && { auth_strategy: renderStrategy(application.auth_strategy_id, strategy) }),
  granted_scopes: grantedScopes(strategy, application.registrations),
  created_at: application.created_at,
  updated_at: application.updated_at,
});

export interface RegistrationEntry extends Registration {
  readonly product_name: string;
  readonly product_version_name: string;
  readonly application_id: string;
  readonly application_name: string;
  readonly developer_id: string;
}

export const renderRegistration = (
  entry: RegistrationEntry,
  developer: Person,
  strategy: AuthStrategyState | undefined,
) => ({
  id: entry.id,
  status: entry.status,
  application: { id: entry.application_id, name: entry.application_name },
  product: { id: entry.product_id, name: entry.product_name },
  product_version: { id: entry.product_version_id, name: entry.product_version_name },
  developer: { id: entry.developer_id, name: developer.full_name },
  granted_scopes: grantedScopes(strategy, [entry]),
  created_at: entry.created_at,
  updated_at: entry.updated_at,
});
