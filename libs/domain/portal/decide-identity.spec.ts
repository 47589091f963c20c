import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fold } from '../core/fold.js';
import { portalCreated } from '../testing/events.js';
import { NOW, later, testId, when } from '../testing/given.js';
import type { Given } from '../testing/given.js';
import { portalEntries } from './entries.js';
import { DEFAULT_CLAIM_MAPPINGS, activeProvider, isInsecureIssuer } from './identity-provider.js';
import { portal } from './state.js';

const PORTAL = testId('portal');
const PROVIDER = testId('identity-provider');
const SECRET = 'secret:v1:abc';
const send = (name: string, command: object, given: Given = {}) =>
  when(portal, portalEntries[name], { portal_id: PORTAL, ...command }, { events: [portalCreated()], ...given });
const config = { issuer_url: 'https://idp.example.org', client_id: 'portal', client_secret: SECRET };
const create = (command: object = {}, given: Given = {}) =>
  send('CreateIdentityProvider', { type: 'oidc', config, ...command }, given);
const one = { identity_provider_id: PROVIDER };

describe('CreateIdentityProvider', () => {
  it('adds a provider that is not used yet, with the scopes and claims that Konnect asks for', () => {
    const then = create();
    expect(then.events).toEqual([
      {
        type: 'portal.identity-provider-added.v1',
        data: {
          identity_provider_id: PROVIDER,
          type: 'oidc',
          enabled: false,
          issuer_url: 'https://idp.example.org',
          client_id: 'portal',
          client_secret_ref: SECRET,
          scopes: ['email', 'openid', 'profile'],
          claim_mappings: DEFAULT_CLAIM_MAPPINGS,
        },
      },
    ]);
    expect(then.result).toMatchObject({ id: PROVIDER, type: 'oidc', enabled: false, created_at: NOW });
    expect(JSON.stringify(then.result)).not.toContain('secret');
    expect(activeProvider(then.state.identity_providers)).toBeUndefined();
  });

  it('never lets a secret in clear into a decision', () => {
    expect(() => create({ config: { ...config, client_secret: 'hunter2' } })).toThrow('in clear');
  });

  it('takes claims one by one', () => {
    const then = create({ config: { ...config, claim_mappings: { groups: 'realm_access.roles' } } });
    expect(then.state.identity_providers[0]?.claim_mappings).toEqual({
      ...DEFAULT_CLAIM_MAPPINGS,
      groups: 'realm_access.roles',
    });
  });

  it.each([
    [{ issuer_url: 'http://idp.example.org' }, 'issuer_insecure'],
    [{ issuer_url: 'https://idp.example.org/?tenant=1' }, 'issuer_malformed'],
    [{ scopes: ['open id'] }, 'scope_malformed'],
  ])('refuses %j', (change, refusal) => {
    expect(create({ config: { ...config, ...change } }).refusal?.refusal).toBe(refusal);
  });

  it('refuses a second one that is enabled', () => {
    const first = create({ enabled: true });
    expect(create({ enabled: true }, { events: first.past, env: { id: () => testId('second') } }).refusal).toEqual({
      refusal: 'identity_provider_active',
      params: { id: PROVIDER },
    });
  });
});

describe('an issuer', () => {
  it.each([
    ['https://idp.example.org', false],
    ['http://idp.example.org', true],
    ['http://203.0.113.7', true],
    ['http://10.example.org', true],
    ['http://127.0.0.1.example.org', true],
    ['http://[2001:db8::1]', true],
    ['http://[fd00::1]', false],
    ['http://localhost:9000', false],
    ['http://keycloak:8080/realms/a', false],
    ['http://127.0.0.1:4000', false],
    ['http://10.1.2.3', false],
    ['http://[::1]:4000', false],
    ['http://idp.internal', false],
  ])('%s: insecure %s', (issuer, insecure) => expect(isInsecureIssuer(issuer)).toBe(insecure));
});

describe('EditIdentityProvider', () => {
  const edit = (command: object, given: Given = {}) =>
    send('EditIdentityProvider', { ...one, ...command }, { events: create().past, now: later(9), ...given });

  it('records what changes only, and keeps the secret that is not named', () => {
    const then = edit({ enabled: true, config: { client_id: 'portal', issuer_url: 'https://new.example.org' } });
    expect(then.events).toEqual([
      {
        type: 'portal.identity-provider-edited.v1',
        data: { ...one, enabled: true, issuer_url: 'https://new.example.org' },
      },
    ]);
    expect(then.state.identity_providers[0]).toMatchObject({ client_secret_ref: SECRET, updated_at: later(9) });
    expect(edit({ enabled: false, config: { client_secret: SECRET } }).events).toEqual([]);
    expect(edit({ config: { client_secret: null } }).state.identity_providers[0]?.client_secret_ref).toBeNull();
  });

  it('refuses what is not there', () => {
    const refusal = { refusal: 'identity_provider_not_found', params: { id: testId('x') } };
    expect(edit({ identity_provider_id: testId('x') }).refusal).toEqual(refusal);
    const removed = send('DeleteIdentityProvider', { identity_provider_id: testId('x') });
    expect(removed.refusal).toEqual(refusal);
  });
});

it('DeleteIdentityProvider switches single sign-on off with it', () => {
  const events = create({ enabled: true }).past;
  const then = send('DeleteIdentityProvider', one, { events });
  expect(then.types).toEqual(['portal.identity-provider-removed.v1']);
  expect(then.state.identity_providers).toEqual([]);
});

describe('EditAuthenticationSettings', () => {
  const edit = (command: object, given: Given = {}) => send('EditAuthenticationSettings', command, given);
  const flat = { oidc_issuer: config.issuer_url, oidc_client_id: 'portal', oidc_client_secret: SECRET };

  it('makes the provider and enables it in one go', () => {
    const then = edit({ ...flat, oidc_auth_enabled: true, basic_auth_enabled: false });
    expect(then.types).toEqual(['portal.identity-provider-added.v1', 'portal.authentication-settings-changed.v1']);
    expect(then.result).toEqual({
      basic_auth_enabled: false,
      oidc_auth_enabled: true,
      saml_auth_enabled: false,
      oidc_team_mapping_enabled: false,
      idp_mapping_enabled: false,
      konnect_mapping_enabled: true,
      auto_approve_identities: true,
      oidc_config: {
        issuer: config.issuer_url,
        client_id: 'portal',
        scopes: ['email', 'openid', 'profile'],
        claim_mappings: DEFAULT_CLAIM_MAPPINGS,
      },
    });
  });

  it('switches the provider off and on without touching it', () => {
    const { past } = edit({ ...flat, oidc_auth_enabled: true });
    const off = edit({ oidc_auth_enabled: false }, { events: past });
    expect(off.events[0]?.data).toEqual({ ...one, enabled: false });
    expect(edit({ oidc_auth_enabled: true }, { events: off.past }).events[0]?.data).toEqual({ ...one, enabled: true });
  });

  it('knows the old and the new name of a setting, and refuses both at once', () => {
    expect(edit({ oidc_team_mapping_enabled: true }).state.idp_mapping_enabled).toBe(true);
    const both = { oidc_team_mapping_enabled: true, idp_mapping_enabled: false };
    expect(edit(both).refusal?.refusal).toBe('team_mapping_contradicts');
  });

  it.each([
    [{ oidc_auth_enabled: true }, 'identity_provider_required'],
    [{ oidc_issuer: 'https://idp.example.org' }, 'identity_provider_required'],
    [{ saml_auth_enabled: true }, 'saml_not_available'],
  ])('refuses %j', (command, refusal) => expect(edit(command).refusal?.refusal).toBe(refusal));

  it('does nothing if nothing changes', () => {
    const same = { basic_auth_enabled: true, oidc_auth_enabled: false, saml_auth_enabled: false };
    expect(edit(same).events).toEqual([]);
  });
});

it('no sequence of commands leaves two providers enabled, and it folds the same twice', () => {
  const ids = ['a', 'b', 'c'].map(testId);
  const step = fc.oneof(
    fc.record({ name: fc.constant('CreateIdentityProvider'), id: fc.nat(2), enabled: fc.boolean() }),
    fc.record({ name: fc.constant('EditIdentityProvider'), id: fc.nat(2), enabled: fc.boolean() }),
    fc.record({ name: fc.constant('DeleteIdentityProvider'), id: fc.nat(2), enabled: fc.boolean() }),
    fc.record({ name: fc.constant('EditAuthenticationSettings'), id: fc.nat(2), enabled: fc.boolean() }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 15 }), (steps) => {
      let past: Given['events'] = [portalCreated()];
      for (const { name, id, enabled } of steps) {
        const identity_provider_id = ids[id]!;
        const bodies: Record<string, object> = {
          CreateIdentityProvider: { type: 'oidc', enabled, config },
          EditIdentityProvider: { identity_provider_id, enabled },
          DeleteIdentityProvider: { identity_provider_id },
          EditAuthenticationSettings: { oidc_auth_enabled: enabled },
        };
        const known = fold(portal, past as never).identity_providers.map((provider) => provider.id);
        if (name === 'CreateIdentityProvider' && known.includes(identity_provider_id)) continue;
        const then = send(name, bodies[name]!, { events: past, env: { id: () => identity_provider_id } });
        past = then.past;
        expect(then.state.identity_providers.filter((provider) => provider.enabled).length).toBeLessThan(2);
        expect(fold(portal, then.past)).toEqual(then.state);
      }
    }),
  );
});
