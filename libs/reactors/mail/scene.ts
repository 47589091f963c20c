/** Who gets a mail, from which portal, and what things are called: read from the streams at the moment of sending. */
import { links, portalUrl, type Installation, type Links } from './links.js';
import type { FoldCache } from '#command-handling/fold-cache.js';
import type { ApplicationState } from '#domain/application/state.js';
import type { DeveloperState } from '#domain/developer/state.js';
import type { PortalState } from '#domain/portal/state.js';
import { versionOf, type ProductState } from '#domain/product/state.js';
import type { EventStore } from '#event-store/port.js';
import type { Reads } from '#read-models/reads.js';
import type { Keyring } from '#vault/keyring.js';
import type { MailTokens } from '#vault/mail-tokens.js';

export interface MailServices {
  readonly store: Pick<EventStore, 'head' | 'readStream'>;
  readonly cache: Pick<FoldCache, 'load'>;
  readonly reads: Pick<Reads, 'find' | 'waitFor'>;
  readonly keyring: Pick<Keyring, 'open' | 'openMany'>;
  readonly mailTokens: Pick<MailTokens, 'issue' | 'peek'>;
  readonly installation: () => Installation;
}

export interface Scene {
  readonly developerId: string;
  readonly developer: DeveloperState;
  readonly email: string;
  readonly fullName: string;
  readonly portal: { readonly name: string; readonly links: Links; readonly state: PortalState };
}

/** Undefined: the developer or the portal is gone, or the person is forgotten. Nobody to write to. */
export async function sceneOf(services: MailServices, developerId: string): Promise<Scene | undefined> {
  const { cache, keyring } = services;
  const { state: developer } = await cache.load<DeveloperState>('developer', developerId);
  if (!developer.exists) return undefined;
  const { state } = await cache.load<PortalState>('portal', developer.portal_id);
  if (!state.exists) return undefined;
  const [email, fullName] = await keyring.openMany([developer.email, developer.full_name]);
  if (email === undefined || fullName === undefined) return undefined;
  const portal = { name: state.display_name, links: links(portalUrl(state, services.installation())), state };
  return { developerId, developer, email, fullName, portal };
}

/** Undefined: the application is deleted. */
export async function applicationOf({ cache }: MailServices, id: string): Promise<ApplicationState | undefined> {
  const { state } = await cache.load<ApplicationState>('application', id);
  return state.exists ? state : undefined;
}

/** "Product version", also of what has been removed since: the name that it had last. */
export async function apiName(
  { cache, store }: Pick<MailServices, 'cache' | 'store'>,
  productId: string,
  versionId: string,
): Promise<string> {
  const { state } = await cache.load<ProductState>('product', productId);
  const version = versionOf(state, versionId)?.name ?? (await lastName(store, productId, versionId));
  return `${state.name} ${version}`.trim();
}

async function lastName(store: Pick<EventStore, 'readStream'>, productId: string, versionId: string): Promise<string> {
  const events = await store.readStream(`product-${productId}`, { backwards: true });
  const naming = events.find(
    ({ type, data }) =>
      (type === 'product.version-added.v1' || type === 'product.version-edited.v1') &&
      data['product_version_id'] === versionId &&
      typeof data['name'] === 'string',
  );
  return (naming?.data['name'] as string | undefined) ?? '';
}
