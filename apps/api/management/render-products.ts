/** What the api-products and auth-strategies surfaces show, in the field names of the Konnect API. Pure. */
import type { DocumentNode } from '#documents/document-nodes.js';
import { authStrategyResource, type AuthStrategyState } from '#domain/auth-strategy/state.js';
import type { DcrProviderState } from '#domain/dcr-provider/state.js';
import type { PortalState } from '#domain/portal/state.js';
import {
  documentResource,
  productResource,
  specificationResource,
  versionResource,
} from '#domain/product/resources.js';
import type { ProductDocument, ProductState, ProductVersion, Specification } from '#domain/product/state.js';
import type { Lookup } from './render-portals.js';

type Identified<S> = S & { readonly id: string };

/** A portal that was deleted is not shown, though the product may still name it. */
export function renderProduct(product: Identified<ProductState>, portals: Lookup<PortalState>) {
  const shown = product.portal_ids.flatMap((portal_id) => {
    const portal = portals(portal_id);
    return portal ? [{ portal_id, portal_name: portal.name }] : [];
  });
  const portal_ids = shown.map(({ portal_id }) => portal_id);
  return { ...productResource(product.id, { ...product, portal_ids }), portals: shown };
}

/** The strategies under the names that administrators gave them. */
export function renderVersion(
  version: ProductVersion,
  portals: Lookup<PortalState>,
  strategies: Lookup<AuthStrategyState>,
) {
  const publications = version.publications.filter(({ portal_id }) => portals(portal_id));
  const { gateway_service: link } = version;
  return {
    ...versionResource({ ...version, publications }),
    gateway_service: link && { ...link, runtime_group_id: link.control_plane_id },
    portals: publications.map((publication) => ({
      portal_id: publication.portal_id,
      portal_name: portals(publication.portal_id)!.name,
      portal_product_version_id: publication.id,
      publish_status: publication.publish_status,
      deprecated: publication.deprecated,
      application_registration_enabled: publication.application_registration_enabled,
      auto_approve_registration: publication.auto_approve_registration,
      auth_strategies: publication.auth_strategy_ids.flatMap((id) => {
        const strategy = strategies(id);
        return strategy ? [{ id, name: strategy.name }] : [];
      }),
    })),
  };
}

/** `content`: the text as it was uploaded, decoded. */
export const renderSpecification = (specification: Specification, content: string) => ({
  ...specificationResource(specification),
  content,
});

export function renderDocumentSummary(document: ProductDocument) {
  const { metadata: _, ...summary } = documentResource(document);
  return summary;
}

/** `content`: the Markdown; `ast`: the nodes that it means. */
export const renderDocument = (document: ProductDocument, content: string, ast: readonly DocumentNode[]) => ({
  ...documentResource(document),
  content,
  ast,
});

/** What a strategy shows of the provider that registers its clients. */
const renderProviderOf = (id: string | null, providers: Lookup<DcrProviderState>) => {
  const provider = id === null ? undefined : providers(id);
  if (!provider) return null;
  const { name, display_name, provider_type } = provider;
  return { id, name, ...(display_name !== null && { display_name }), provider_type };
};

/** `active`: whether a version is published with it. Identity providers keep one client for each application themselves. */
export const renderAuthStrategy = (
  strategy: Identified<AuthStrategyState>,
  active: boolean,
  providers: Lookup<DcrProviderState>,
) => ({
  ...authStrategyResource(strategy.id, strategy),
  active,
  dcr_provider: renderProviderOf(strategy.dcr_provider_id, providers),
  supports_multiple_credentials: strategy.strategy_type === 'key_auth',
});
