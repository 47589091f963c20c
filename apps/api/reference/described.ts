/** The specification that a page of the reference shows, and the servers that its calls go to. */
import { LRUCache } from 'lru-cache';
import type { Servers, ServersResult } from '#documents/servers.js';
import { versionOf, type ProductVersion, type Specification } from '#domain/product/state.js';
import { blobBytes } from '../http/content.js';
import type { Context } from '../http/context.js';
import { notFound } from '../http/problem.js';
import { publishedVersion, visibleProduct, type Viewer } from '../portal/catalogue.js';
import type { Services } from '../services.js';

export interface Described {
  readonly productId: string;
  readonly productName: string;
  readonly version: ProductVersion;
  readonly specification: Specification;
}

/** @throws Problem 404 unless the caller may see the version that the path names, and it has a specification */
export async function describedVersion(
  services: Pick<Services, 'cache'>,
  viewer: Viewer,
  { productId, productVersionId }: Context['params'],
): Promise<Described> {
  const { state } = await visibleProduct(services, viewer, productId!);
  const { specification } = publishedVersion(state, viewer.portal.id, productVersionId!);
  if (!specification) throw notFound('The specification of this version');
  return {
    productId: productId!,
    productName: state.name,
    version: versionOf(state, productVersionId!)!,
    specification,
  };
}

/** A specification that was not read this time, for want of time or memory, lists no server. */
const NONE: Servers = { bases: [], relative: false };

/** Finds the servers that a specification lists; reading one of many megabytes takes a while, so that they are kept by its hash. */
export function createServers({ blobs, publicDocuments }: Pick<Services, 'blobs' | 'publicDocuments'>) {
  const kept = new LRUCache<string, Promise<ServersResult>>({ max: 2_000 });

  return async ({ content_sha256 }: Specification): Promise<Servers> => {
    let reading = kept.get(content_sha256);
    if (!reading) {
      reading = blobBytes({ blobs }, content_sha256).then((bytes) => publicDocuments.servers(bytes));
      kept.set(content_sha256, reading);
      const forget = () => void kept.delete(content_sha256);
      reading.then((result) => result.ok || forget(), forget);
    }
    const result = await reading;
    return result.ok ? result : NONE;
  };
}
