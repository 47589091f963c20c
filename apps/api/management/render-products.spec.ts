import { authStrategy, type AuthStrategyState } from '#domain/auth-strategy/state.js';
import { dcrProvider } from '#domain/dcr-provider/state.js';
import { portal, type PortalState } from '#domain/portal/state.js';
import { product, type ProductDocument, type ProductState, type ProductVersion } from '#domain/product/state.js';
import { renderAuthStrategy, renderDocumentSummary, renderProduct, renderVersion } from './render-products.js';

const at = '2026-01-01T00:00:00.000Z';
const since = { created_at: at, updated_at: at };

const portals = (id: string): PortalState | undefined =>
  id === 'gone' ? undefined : { ...portal.initialState, exists: true, name: `Portal ${id}` };

const keys: AuthStrategyState = {
  ...authStrategy.initialState,
  exists: true,
  name: 'keys',
  display_name: 'API keys',
  key_auth: { key_names: ['apikey'], ttl: null },
  ...since,
};
const strategies = (id: string): AuthStrategyState | undefined => (id === 'keys' ? keys : undefined);

const publishedOn = (portal_id: string, auth_strategy_ids: readonly string[]) => ({
  id: `on-${portal_id}`,
  portal_id,
  publish_status: 'published' as const,
  auth_strategy_ids,
  application_registration_enabled: true,
  auto_approve_registration: false,
  deprecated: true,
  ...since,
});

const version: ProductVersion = {
  id: 'v',
  name: 'v1',
  labels: [['a', 'b']],
  gateway_service: { id: 's', control_plane_id: 'c' },
  specification: null,
  publications: [publishedOn('p', ['keys']), publishedOn('q', ['deleted'])],
  ...since,
};

describe('a product', () => {
  const state: ProductState & { id: string } = {
    ...product.initialState,
    id: 'x',
    name: 'X',
    portal_ids: ['p', 'gone', 'q'],
    versions: [version],
    labels: [['10', 'b']],
    ...since,
  };

  it('names the portals that are there', () => {
    expect(renderProduct(state, portals)).toEqual({
      id: 'x',
      name: 'X',
      description: null,
      portal_ids: ['p', 'q'],
      portals: [
        { portal_id: 'p', portal_name: 'Portal p' },
        { portal_id: 'q', portal_name: 'Portal q' },
      ],
      version_count: 1,
      labels: { '10': 'b' },
      public_labels: {},
      ...since,
    });
  });
});

describe('a version', () => {
  it('shows each publication with its portal and its strategy', () => {
    const rendered = renderVersion(version, portals, strategies);
    expect(rendered).toMatchObject({
      id: 'v',
      publish_status: 'published',
      deprecated: true,
      labels: { a: 'b' },
      gateway_service: { id: 's', control_plane_id: 'c', runtime_group_id: 'c' },
    });
    expect(rendered.portals).toEqual([
      {
        portal_id: 'p',
        portal_name: 'Portal p',
        portal_product_version_id: 'on-p',
        publish_status: 'published',
        deprecated: true,
        application_registration_enabled: true,
        auto_approve_registration: false,
        auth_strategies: [{ id: 'keys', name: 'keys' }],
      },
      expect.objectContaining({ portal_id: 'q', auth_strategies: [] }),
    ]);
  });

  it('is not published by a portal that is gone', () => {
    const only = { ...version, gateway_service: null, publications: [publishedOn('gone', ['keys'])] };
    expect(renderVersion(only, portals, strategies)).toMatchObject({
      publish_status: 'unpublished',
      deprecated: false,
      gateway_service: null,
      portals: [],
    });
  });
});

describe('a document in a list', () => {
  it('comes without its metadata', () => {
    const document: ProductDocument = {
      id: 'd',
      slug: 'start',
      title: 'Start',
      status: 'unpublished',
      parent_document_id: null,
      metadata: '{"author":"Ada"}',
      content_sha256: '0',
      size: 0,
      ...since,
    };
    expect(renderDocumentSummary(document)).toEqual({
      id: 'd',
      slug: 'start',
      title: 'Start',
      status: 'unpublished',
      parent_document_id: null,
      ...since,
    });
  });
});

describe('an auth strategy', () => {
  it('with keys', () => {
    expect(renderAuthStrategy({ ...keys, id: 'keys' }, true, () => undefined)).toEqual({
      id: 'keys',
      name: 'keys',
      display_name: 'API keys',
      strategy_type: 'key_auth',
      configs: { 'key-auth': { key_names: ['apikey'] } },
      active: true,
      dcr_provider: null,
      supports_multiple_credentials: true,
      labels: {},
      ...since,
    });
  });

  it('with tokens of an identity provider', () => {
    const openid_connect = {
      issuer: 'https://idp.example',
      credential_claim: ['sub'],
      scopes: [],
      auth_methods: ['bearer'],
      other: '{"cache_ttl":5}',
    };
    const oidc: AuthStrategyState = { ...keys, strategy_type: 'openid_connect', key_auth: null, openid_connect };
    expect(renderAuthStrategy({ ...oidc, id: 'oidc' }, false, () => undefined)).toMatchObject({
      configs: { 'openid-connect': { issuer: 'https://idp.example', cache_ttl: 5 } },
      active: false,
      dcr_provider: null,
      supports_multiple_credentials: false,
    });
    const provider = { ...dcrProvider.initialState, exists: true, name: 'bridge', display_name: null };
    const registering = { ...oidc, id: 'oidc', dcr_provider_id: 'p' };
    expect(renderAuthStrategy(registering, false, (id) => (id === 'p' ? provider : undefined))).toMatchObject({
      dcr_provider: { id: 'p', name: 'bridge', provider_type: 'http' },
    });
  });
});
