/** What of the catalogue the developers of a portal see; anything else does not exist for them. */
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
import type { Doc } from '#read-models/port.js';
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

/** @throws Problem 404 unless the portal lists the product */
export async function entryOf(
  { reads }: Pick<Services, 'reads'>,
  portalId: string,
  productId: string,
): Promise<CatalogueEntry> {
  const entry = await reads.get('catalogue', entryId(portalId, productId));
  if (!entry) throw notFound('The product');
  return entry as CatalogueEntry;
}

/**
 * The product itself, from memory: with documents and specifications, which the view leaves out.
 * @throws Problem 404 unless the portal lists the product
 */
export async function visibleProduct(
  { cache }: Pick<Services, 'cache'>,
  portalId: string,
  id: string,
): Promise<ReadState<ProductState>> {
  const { state, revision } = await cache.load<ProductState>('product', id);
  if (!isVisibleOn(state, portalId)) throw notFound('The product');
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
