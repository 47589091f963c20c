/** Finds what the paths below /v2/api-products name, at the newest revision there is; anything else is a 404. */
import type { ReadState } from '#domain/core/decider.js';
import {
  documentOf,
  versionOf,
  type ProductDocument,
  type ProductState,
  type ProductVersion,
  type Specification,
} from '#domain/product/state.js';
import { notFound } from '../http/problem.js';
import type { Services } from '../services.js';

type Params = Readonly<Record<string, string>>;
type Finder = Pick<Services, 'cache'>;

/** The ids in a path under their names in commands. */
export const pathIds = ({ productId, productVersionId, specificationId, documentId }: Params) => ({
  product_id: productId!,
  ...(productVersionId && { product_version_id: productVersionId }),
  ...(specificationId && { specification_id: specificationId }),
  ...(documentId && { document_id: documentId }),
});

export async function findProduct({ cache }: Finder, params: Params): Promise<ReadState<ProductState>> {
  const { product_id: id } = pathIds(params);
  const { state, revision } = await cache.load<ProductState>('product', id);
  if (!state.exists) throw notFound('The product');
  return { id, state, revision };
}

export interface FoundVersion {
  readonly version: ProductVersion;
  /** Of the product's stream. */
  readonly revision: number;
}

export async function findVersion(services: Finder, params: Params): Promise<FoundVersion> {
  const { state, revision } = await findProduct(services, params);
  const version = versionOf(state, pathIds(params).product_version_id!);
  if (!version) throw notFound('The product version');
  return { version, revision };
}

export async function findSpecification(
  services: Finder,
  params: Params,
): Promise<{ readonly specification: Specification; readonly revision: number }> {
  const { version, revision } = await findVersion(services, params);
  const { specification } = version;
  if (specification?.id !== pathIds(params).specification_id) throw notFound('The specification');
  return { specification: specification!, revision };
}

export async function findDocument(
  services: Finder,
  params: Params,
): Promise<{ readonly document: ProductDocument; readonly revision: number }> {
  const { state, revision } = await findProduct(services, params);
  const document = documentOf(state, pathIds(params).document_id!);
  if (!document) throw notFound('The document');
  return { document, revision };
}
