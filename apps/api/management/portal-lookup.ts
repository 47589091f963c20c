/** Finds what the paths below /v2/portals name, at the newest revision there is; anything else is a 404. */
import type { Context } from '../http/context.js';
import { notFound } from '../http/problem.js';
import type { Sender } from '../http/sender.js';
import type { Services } from '../services.js';
import { productVersionClaim } from '#domain/core/claims.js';
import type { ReadState } from '#domain/core/decider.js';
import { refuse } from '#domain/core/refusal.js';
import type { ApplicationState, Registration } from '#domain/application/state.js';
import type { DeveloperState } from '#domain/developer/state.js';
import type { PortalState } from '#domain/portal/state.js';
import { publicationOf, type ProductState, type Publication } from '#domain/product/state.js';

type Finder = Pick<Services, 'cache' | 'store' | 'keyring'>;

export async function findPortal({ cache }: Finder, portalId: string): Promise<ReadState<PortalState>> {
  const { state, revision } = await cache.load<PortalState>('portal', portalId);
  if (!state.exists) throw notFound('The portal');
  return { id: portalId, state, revision };
}

/** Of a portal that exists. */
export async function findDeveloper(
  services: Finder,
  portalId: string,
  id: string,
): Promise<ReadState<DeveloperState>> {
  await findPortal(services, portalId);
  const { state, revision } = await services.cache.load<DeveloperState>('developer', id);
  if (!state.exists || state.portal_id !== portalId) throw notFound('The developer');
  return { id, state, revision };
}

/** Of a portal that exists; of any portal if none is named. */
export async function findApplication(
  services: Finder,
  portalId: string | undefined,
  id: string,
): Promise<ReadState<ApplicationState>> {
  if (portalId !== undefined) await findPortal(services, portalId);
  const { state, revision } = await services.cache.load<ApplicationState>('application', id);
  if (!state.exists || (portalId !== undefined && state.portal_id !== portalId)) throw notFound('The application');
  return { id, state, revision };
}

export interface FoundRegistration {
  readonly application: ReadState<ApplicationState>;
  readonly registration: Registration;
}

export async function findRegistration(
  services: Finder,
  { portalId, applicationId, registrationId }: Readonly<Record<string, string>>,
): Promise<FoundRegistration> {
  const application = await findApplication(services, portalId, applicationId!);
  const registration = application.state.registrations.find(({ id }) => id === registrationId);
  if (!registration) throw notFound('The registration');
  return { application, registration };
}

/** The product that has a version; undefined if none has. */
export async function productOfVersion({ store, keyring }: Finder, versionId: string): Promise<string | undefined> {
  const owner = await store.ownerOf(keyring.claimHash(productVersionClaim(versionId)));
  return owner?.slice('product-'.length);
}

export interface FoundPublication {
  readonly productId: string;
  readonly publication: Publication;
  /** Of the product's stream. */
  readonly revision: number;
}

/** How a version is offered on a portal that exists. */
export async function findPublication(
  services: Finder,
  portalId: string,
  versionId: string,
): Promise<FoundPublication> {
  await findPortal(services, portalId);
  const productId = await productOfVersion(services, versionId);
  const product = productId && (await services.cache.load<ProductState>('product', productId));
  const publication = product && publicationOf(product.state, versionId, portalId);
  if (!publication) throw notFound('This product version on the portal');
  return { productId, publication, revision: product.revision };
}

/** For a change that asks for what is so already and sends no command: If-Match holds all the same. */
export function leaveAsItIs(context: Context, sender: Sender, revision: number): void {
  const expected = context.expectedRevision;
  if (expected !== undefined && expected !== revision) {
    throw sender.problem(context, refuse('revision_changed', { revision, expected }));
  }
}
