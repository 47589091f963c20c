/** For specs of views: the events of a small portal, in the short notation of ../testing.ts; every builder takes changes. */
import type {
  AccessDecided,
  AccessRequested,
  ApplicationCreated,
  ApplicationEvent,
  CredentialGenerated,
} from '#domain/application/events.js';
import type { DeveloperEvent } from '#domain/developer/events.js';
import type { PortalEvent } from '#domain/portal/events.js';
import type { AuthStrategyEvent } from '#domain/auth-strategy/events.js';
import type { TeamEvent } from '#domain/team/events.js';
import type {
  DocumentDetails,
  ProductDetails,
  ProductEvent,
  PublicationSettings,
  SpecificationDetails,
} from '#domain/product/events.js';
import { keyAuthCreated, portalCreated } from '#domain/testing/events.js';
import type { EventNotation } from '../testing.js';

type AnyEvent = ApplicationEvent | DeveloperEvent | PortalEvent | AuthStrategyEvent | ProductEvent | TeamEvent;

/** One event on a stream, its data checked against its type. */
export const on = <T extends AnyEvent['type']>(
  stream: string,
  type: T,
  data: Extract<AnyEvent, { type: T }>['data'],
  metadata: Readonly<Record<string, string>> = {},
): EventNotation => [stream, type, data as Readonly<Record<string, unknown>>, metadata];

/** When the n-th event (from 1) of a notation was recorded. */
export const second = (n: number): string => new Date(Date.UTC(2026, 0, 1) + (n - 1) * 1_000).toISOString();

export const portalMade = (id = 'po1', name = 'Acmé'): EventNotation =>
  on(`portal-${id}`, 'portal.created.v1', portalCreated({ name }).data as never);

export const strategyMade = (id = 'st1', name = 'Key'): EventNotation =>
  on(`authStrategy-${id}`, 'auth-strategy.created.v1', keyAuthCreated({ name }).data as never);

export const developerMade = (id = 'de1', portal_id = 'po1'): EventNotation =>
  on(
    `developer-${id}`,
    'developer.registered.v1',
    { portal_id, email: `sealed:v1:email-${id}`, full_name: `sealed:v1:name-${id}` },
    { claims: JSON.stringify({ take: [`claim-${id}`], drop: [] }), portal: portal_id },
  );

export const teamMade = (id = 'te1', name = 'Pärtner', portal_id = 'po1'): EventNotation =>
  on(`team-${id}`, 'team.created.v1', { portal_id, name, description: null }, { portal: portal_id });

export const roleGiven = (role_id = 'ro1', product_id = 'pr1', team = 'te1', portal = 'po1'): EventNotation =>
  on(
    `team-${team}`,
    'team.role-assigned.v1',
    { role_id, role_name: 'API Viewer', product_id, entity_region: '*' },
    { portal },
  );

export const roleTaken = (role_id = 'ro1', product_id = 'pr1', team = 'te1'): EventNotation =>
  on(`team-${team}`, 'team.role-removed.v1', { role_id, role_name: 'API Viewer', product_id, entity_region: '*' });

export const joined = (team_id = 'te1', developer = 'de1'): EventNotation =>
  on(`developer-${developer}`, 'developer.added-to-team.v1', { team_id, source: 'manual', reason: null });

export const left = (team_id = 'te1', developer = 'de1'): EventNotation =>
  on(`developer-${developer}`, 'developer.removed-from-team.v1', { team_id, source: 'manual', reason: null });

export const applicationMade = (id = 'ap1', changes: Partial<ApplicationCreated> = {}): EventNotation =>
  on(`application-${id}`, 'application.created.v1', {
    portal_id: 'po1',
    developer_id: 'de1',
    name: 'Météo',
    description: null,
    reference_id: `ref-${id}`,
    redirect_uri: null,
    auth_strategy_id: 'st1',
    scopes: [],
    ...changes,
  });

export const requested = (registration_id = 're1', changes: Partial<AccessRequested> = {}, app = 'ap1') =>
  on(`application-${app}`, 'application.access-requested.v1', {
    registration_id,
    product_id: 'pr1',
    product_version_id: 've1',
    scopes: [],
    reason: null,
    ...changes,
  });

type Decision = 'approved' | 'rejected' | 'revoked' | 'withdrawn';

export const accessDecided = (
  to: Decision,
  registration_id = 're1',
  from: AccessDecided['from'] = 'pending',
  app = 'ap1',
): EventNotation =>
  on(`application-${app}`, `application.access-${to}.v1`, {
    registration_id,
    product_id: 'pr1',
    product_version_id: 've1',
    from,
    reason: null,
  });

export const keyMade = (credential_id = 'cr1', changes: Partial<CredentialGenerated> = {}, app = 'ap1') =>
  on(`application-${app}`, 'application.credential-generated.v1', {
    credential_id,
    display_name: 'Key 1',
    digest: `digest-of-${credential_id}`,
    algorithm: 'hmac-sha256.v1',
    expires_at: null,
    replaces: null,
    ...changes,
  });

export const productMade = (id = 'pr1', changes: Partial<ProductDetails> = {}): EventNotation =>
  on(`product-${id}`, 'product.created.v1', {
    name: 'Weather',
    description: 'Forecasts for all',
    labels: [['team', 'sky']],
    public_labels: [['area', 'climate']],
    ...changes,
  });

export const listedOn = (portal_ids: readonly string[], product = 'pr1'): EventNotation =>
  on(`product-${product}`, 'product.portals-changed.v1', { portal_ids, reason: null });

export const versionMade = (product_version_id = 've1', name = 'v1', product = 'pr1'): EventNotation =>
  on(`product-${product}`, 'product.version-added.v1', { product_version_id, name, labels: [], gateway_service: null });

const published: PublicationSettings = {
  publish_status: 'published',
  auth_strategy_ids: ['st1'],
  application_registration_enabled: true,
  auto_approve_registration: false,
  deprecated: false,
};

/** The publication's id is made of version and portal. */
export const publishedOn = (
  portal_id = 'po1',
  product_version_id = 've1',
  changes: Partial<PublicationSettings> = {},
  product = 'pr1',
): EventNotation => {
  const settings = { ...published, ...changes };
  const ids = { publication_id: `${product_version_id}@${portal_id}`, portal_id, product_version_id };
  const type =
    settings.publish_status === 'published' ? 'product.version-published.v1' : 'product.publication-changed.v1';
  return on(`product-${product}`, type, { ...ids, ...settings, notify: false });
};

export const documentMade = (document_id = 'do1', changes: Partial<DocumentDetails> = {}, product = 'pr1') =>
  on(`product-${product}`, 'product.document-added.v1', {
    document_id,
    slug: document_id,
    title: 'Getting started',
    status: 'published',
    parent_document_id: null,
    metadata: '{}',
    content_sha256: 'markdown',
    size: 10,
    ...changes,
  });

export const specificationMade = (changes: Partial<SpecificationDetails> = {}, version = 've1', product = 'pr1') =>
  on(`product-${product}`, 'product.specification-added.v1', {
    specification_id: 'sp1',
    product_version_id: version,
    name: 'weather.yaml',
    api_type: 'openapi',
    content_sha256: 'specification',
    operations_sha256: 'operations',
    size: 100,
    ...changes,
  });
