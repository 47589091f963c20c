/** What of the catalogue the developers of a portal see; anything else does not exist for them. */
import type { Context } from '../http/context.js';
import type { Services } from '../services.js';
import { notFound } from '../http/problem.js';
import type { AuthStrategyState } from '#domain/auth-strategy/state.js';
import type { ReadState } from '#domain/core/decider.js';
import {
  isPublishedOn,
  isVisibleOn,
  versionOf,
  type ProductState,
  type ProductVersion,
} from '#domain/product/state.js';
import { accessThrough, FULL_ACCESS, isRestricted, teamIdsOf, type ProductAccess } from '#domain/team/access.js';
import type { TeamState } from '#domain/team/state.js';
import type { Condition, Doc } from '#read-models/port.js';
import { entryId } from '#read-models/views/catalogue.js';

/** A document of the view `catalogue`. */
export interface CatalogueEntry extends Doc {
  readonly product_id: string;
  readonly name: string;
  readonly description: string | null;
  readonly public_labels: Readonly<Record<string, string>>;
  readonly created_at: string;
  readonly updated_at: string;
  readonly document_count: number;
  readonly version_count: number;
  readonly latest_version: { readonly id: string; readonly name: string } | null;
  readonly versions: readonly EntryVersion[];
  readonly revision: number;
}

/** A version that is published on the entry's portal. */
export interface EntryVersion {
  readonly id: string;
  readonly name: string;
  readonly created_at: string;
  readonly updated_at: string;
  readonly deprecated: boolean;
  readonly publication: {
    readonly auth_strategy_ids: readonly string[];
    readonly application_registration_enabled: boolean;
    readonly auto_approve_registration: boolean;
  };
}

/** Who looks at the catalogue, and whose it is. */
export type Viewer = Pick<Context, 'portal' | 'developer'>;

/** What of the portal's products the caller may use: by the roles of the developer's teams where the portal asks for them. */
export async function accessOf(
  { cache }: Pick<Services, 'cache'>,
  { portal, developer }: Viewer,
): Promise<ProductAccess> {
  if (!isRestricted(portal.state)) return FULL_ACCESS;
  const teams = await cache.loadMany<TeamState>('team', developer ? teamIdsOf(developer.state) : []);
  return accessThrough(teams.values(), portal.id);
}

/** The catalogue as the caller may see it, as conditions on the view's documents. */
export function seenBy({ portal }: Viewer, { viewable }: ProductAccess): readonly Condition[] {
  const own: Condition = { field: 'portal_id', op: 'eq', value: portal.id };
  return viewable ? [own, { field: 'product_id', op: 'in', value: [...viewable] }] : [own];
}

/** @throws Problem 404 unless the portal lists the product and the caller may view it */
export async function entryOf(
  services: Pick<Services, 'reads' | 'cache'>,
  viewer: Viewer,
  productId: string,
): Promise<CatalogueEntry> {
  const { mayView } = await accessOf(services, viewer);
  const entry = mayView(productId) && (await services.reads.get('catalogue', entryId(viewer.portal.id, productId)));
  if (!entry) throw notFound('The product');
  return entry as CatalogueEntry;
}

/**
 * The product itself, from memory: with documents and specifications, which the view leaves out.
 * @throws Problem 404 unless the portal lists the product and the caller may view it
 */
export async function visibleProduct(
  services: Pick<Services, 'cache'>,
  viewer: Viewer,
  id: string,
): Promise<ReadState<ProductState>> {
  const { mayView } = await accessOf(services, viewer);
  const { state, revision } = await services.cache.load<ProductState>('product', id);
  if (!isVisibleOn(state, viewer.portal.id) || !mayView(id)) throw notFound('The product');
  return { id, state, revision };
}

/** @throws Problem 404 unless the version is published on the portal */
export function publishedVersion(state: ProductState, portalId: string, id: string): ProductVersion {
  const version = versionOf(state, id);
  if (!version || !isPublishedOn(state, id, portalId)) throw notFound('The product version');
  return version;
}

/** The auth strategies that versions are offered with, by id. */
export const strategiesOf = (
  { cache }: Pick<Services, 'cache'>,
  versions: readonly EntryVersion[],
): Promise<ReadonlyMap<string, AuthStrategyState>> =>
  cache.loadMany(
    'authStrategy',
    versions.flatMap(({ publication }) => publication.auth_strategy_ids),
  );
