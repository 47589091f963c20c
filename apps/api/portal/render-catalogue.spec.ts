import type { EntryVersion } from './catalogue.js';
import { renderVersion } from './render-catalogue.js';
import { authStrategy, type AuthStrategyState } from '#domain/auth-strategy/state.js';

const key: AuthStrategyState = {
  ...authStrategy.initialState,
  exists: true,
  display_name: 'API key',
  key_auth: { key_names: ['apikey'], ttl: null },
};

const oidc: AuthStrategyState = {
  ...authStrategy.initialState,
  exists: true,
  display_name: 'Tokens',
  strategy_type: 'openid_connect',
  openid_connect: {
    issuer: 'https://idp.example.org',
    credential_claim: ['sub'],
    scopes: ['read'],
    auth_methods: ['bearer'],
    other: '{}',
  },
};

const version = (publication: Partial<EntryVersion['publication']> = {}): EntryVersion => ({
  id: 'v',
  name: 'v1',
  created_at: '2026-01-01T00:00:00.000Z',
  updated_at: '2026-01-01T00:00:00.000Z',
  deprecated: true,
  publication: {
    auth_strategy_ids: ['s'],
    application_registration_enabled: true,
    auto_approve_registration: false,
    ...publication,
  },
});

const PORTAL = { is_public: false, auto_approve_applications: false };
const configs = (one: EntryVersion, strategy?: AuthStrategyState, portal = PORTAL) =>
  renderVersion(one, new Map(strategy && [['s', strategy]]), portal).registration_configs;

describe('a version of the catalogue', () => {
  it('says how to ask for access with API keys', () => {
    expect(renderVersion(version(), new Map([['s', key]]), PORTAL)).toEqual({
      id: 'v',
      name: 'v1',
      created_at: '2026-01-01T00:00:00.000Z',
      updated_at: '2026-01-01T00:00:00.000Z',
      deprecated: true,
      registration_configs: [
        {
          id: 's',
          name: 'API key',
          credential_type: 'key_auth',
          registration_enabled: true,
          registration_auto_approve: false,
        },
      ],
    });
  });

  it('names the methods of an identity provider', () => {
    expect(configs(version(), oidc)).toMatchObject([
      { credential_type: 'self_managed_client_credentials', auth_methods: ['bearer'] },
    ]);
  });

  it('is approved at once where the version or the portal says so', () => {
    const auto = (one: EntryVersion, portal = PORTAL) => configs(one, key, portal)[0]!.registration_auto_approve;
    expect(auto(version({ auto_approve_registration: true }))).toBe(true);
    expect(auto(version(), { ...PORTAL, auto_approve_applications: true })).toBe(true);
  });

  it('cannot be asked for where registration is off or the portal is public', () => {
    const enabled = (one: EntryVersion, portal = PORTAL) => configs(one, key, portal)[0]!.registration_enabled;
    expect(enabled(version({ application_registration_enabled: false }))).toBe(false);
    expect(enabled(version(), { ...PORTAL, is_public: true })).toBe(false);
  });

  it('always has an array, empty without a strategy', () => {
    expect(configs(version({ auth_strategy_ids: [] }))).toEqual([]);
    expect(configs(version(), undefined)).toEqual([]);
  });
});
