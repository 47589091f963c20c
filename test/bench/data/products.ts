import { productVersionClaim } from '#domain/core/claims.js';
import type { NewEvent } from '#domain/core/decider.js';
import type { AuthStrategyEvent } from '#domain/auth-strategy/events.js';
import { domainClaim } from '#domain/portal/domains.js';
import type { PortalEvent } from '#domain/portal/events.js';
import { DEFAULT_SETTINGS } from '#domain/portal/state.js';
import type { ProductEvent } from '#domain/product/events.js';
import { benchId } from './ids.js';
import { KEY_NAME, PORTAL, STRATEGY } from './plan.js';
import { ADMIN, step, type Step } from './steps.js';
import { markdown, operations, random, words } from './words.js';

const strategy: NewEvent<AuthStrategyEvent> = {
  type: 'auth-strategy.created.v1',
  data: {
    name: 'keys',
    display_name: 'API keys',
    strategy_type: 'key_auth',
    key_auth: { key_names: [KEY_NAME], ttl: null },
    openid_connect: null,
    labels: [],
  },
};

const DOMAIN = 'bench.localhost';

const portal: NewEvent<PortalEvent> = {
  type: 'portal.created.v1',
  data: {
    ...DEFAULT_SETTINGS,
    name: 'bench',
    display_name: 'Benchmark',
    default_domain: DOMAIN,
    default_application_auth_strategy_id: STRATEGY,
  },
  take: [domainClaim(DOMAIN)],
};

export const strategyCreated: Step = step('CreateAuthStrategy', ADMIN, strategy);
export const portalCreated: Step = step('CreatePortal', ADMIN, portal);

/** What a product's events name by their SHA-256. */
export interface Contents {
  readonly document: Uint8Array;
  readonly specification: Uint8Array;
  readonly operations: Uint8Array;
}

const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

export function contentsOf(n: number): Contents {
  const next = random(n);
  const listed = operations(next);
  return {
    document: Buffer.from(markdown(words(3, next), next)),
    specification: json({ openapi: '3.1.0', info: { title: words(3, next), version: '1' }, 'x-operations': listed }),
    operations: json(listed),
  };
}

export type Stored = { readonly [K in keyof Contents]: { readonly sha256: string; readonly size: number } };

/** The commands by which the n-th product came to be. */
export function productHistory(n: number, stored: Stored): readonly Step[] {
  const next = random(n + 1_000_000);
  const send = (command: string, ...events: readonly NewEvent<ProductEvent>[]) => step(command, ADMIN, ...events);
  const name = `${words(3, next)} ${n}`;
  const details = { name, description: words(15, next), labels: [], public_labels: [] };
  return [
    send(
      'CreateProduct',
      { type: 'product.created.v1', data: details },
      { type: 'product.portals-changed.v1', data: { portal_ids: [PORTAL], reason: null } },
    ),
    ...[2 * n, 2 * n + 1].flatMap((version) => [
      send('AddProductVersion', versionAdded(version)),
      send('PublishProductVersion', versionPublished(version)),
    ]),
    send('AddSpecification', {
      type: 'product.specification-added.v1',
      data: {
        specification_id: benchId('specification', n),
        product_version_id: benchId('version', 2 * n + 1),
        name: 'openapi.json',
        api_type: 'openapi',
        content_sha256: stored.specification.sha256,
        operations_sha256: stored.operations.sha256,
        size: stored.specification.size,
      },
    }),
    send('AddDocument', {
      type: 'product.document-added.v1',
      data: {
        document_id: benchId('document', n),
        slug: 'guide',
        title: words(3, next),
        status: 'published',
        parent_document_id: null,
        metadata: '{}',
        content_sha256: stored.document.sha256,
        size: stored.document.size,
      },
    }),
  ];
}

function versionAdded(version: number): NewEvent<ProductEvent> {
  const product_version_id = benchId('version', version);
  return {
    type: 'product.version-added.v1',
    data: { product_version_id, name: `v${(version % 2) + 1}`, labels: [], gateway_service: null },
    take: [productVersionClaim(product_version_id)],
  };
}

/** Every fourth version approves by itself. */
export const approvesByItself = (version: number): boolean => version % 4 === 0;

const versionPublished = (version: number): NewEvent<ProductEvent> => ({
  type: 'product.version-published.v1',
  data: {
    publication_id: benchId('publication', version),
    portal_id: PORTAL,
    product_version_id: benchId('version', version),
    publish_status: 'published',
    auth_strategy_ids: [STRATEGY],
    application_registration_enabled: true,
    auto_approve_registration: approvesByItself(version),
    deprecated: false,
    notify: false,
  },
});
