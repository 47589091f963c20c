import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ReadState } from '../core/decider.js';
import { fold } from '../core/fold.js';
import { parseCommand } from '../core/violations.js';
import { dcrProvider, type DcrProviderState } from '../dcr-provider/state.js';
import { keyAuthCreated, openIdCreated } from '../testing/events.js';
import { NOW, later, testId, when } from '../testing/given.js';
import type { Given } from '../testing/given.js';
import { CreateAuthStrategy } from './commands.js';
import { authStrategyEntries } from './entries.js';
import { authStrategy, availableScopes, credentialType, expiryAfter } from './state.js';

const STRATEGY = testId('authStrategy');
/** A provider by the name `dcr`; any other is not there. */
const provider = (id: unknown): ReadState<DcrProviderState> => ({
  id: String(id),
  state: { ...dcrProvider.initialState, exists: id === testId('dcr') },
  revision: 0,
});
const send = (name: string, command: object, given: Given = {}) => {
  const named = (command as { readonly dcr_provider_id?: unknown }).dcr_provider_id;
  const facts = { provider: provider(named ?? testId('dcr')), applications: 0, ...given.facts };
  return when(authStrategy, authStrategyEntries[name], command, { ...given, facts });
};
const edit = (command: object, events: Given['events']) =>
  send('EditAuthStrategy', { auth_strategy_id: STRATEGY, ...command }, { events, now: later(5) });

const named = { name: 'key', display_name: 'API key' };
const keyAuth = { ...named, strategy_type: 'key_auth', configs: { 'key-auth': {} } };
const issuer = {
  issuer: 'https://idp.example.org',
  credential_claim: ['client_id'],
  scopes: ['read', 'write'],
  auth_methods: ['bearer'],
};
const openId = (more: object = {}) => ({
  ...named,
  strategy_type: 'openid_connect',
  configs: { 'openid-connect': { ...issuer, ...more } },
});

describe('CreateAuthStrategy', () => {
  it('takes the header apikey and keys that do not expire unless it is told otherwise', () => {
    const then = send('CreateAuthStrategy', keyAuth);
    expect(then.result).toEqual({
      id: STRATEGY,
      ...named,
      strategy_type: 'key_auth',
      configs: { 'key-auth': { key_names: ['apikey'] } },
      labels: {},
      created_at: NOW,
      updated_at: NOW,
    });
    expect([credentialType(then.state), availableScopes(then.state)]).toEqual(['key_auth', []]);
  });

  it('takes key names and a lifetime', () => {
    const config = { key_names: ['X-Api-Key', 'apikey'], ttl: { value: 2, unit: 'weeks' } };
    const then = send('CreateAuthStrategy', { ...keyAuth, configs: { 'key-auth': config }, labels: { env: 'test' } });
    expect(then.result).toMatchObject({ configs: { 'key-auth': config }, labels: { env: 'test' } });
  });

  it('keeps further plugin settings as text, in an order of their own', () => {
    const more = { leeway: 1.5, cache_tokens: false, extra: { b: 1, a: [2] } };
    const then = send('CreateAuthStrategy', openId(more));
    expect(then.events[0]?.data).toMatchObject({
      key_auth: null,
      openid_connect: { ...issuer, other: '{"cache_tokens":false,"extra":{"b":1,"a":[2]},"leeway":1.5}' },
    });
    expect(then.result).toMatchObject({ configs: { 'openid-connect': { ...issuer, ...more } }, dcr_provider: null });
    expect(credentialType(then.state)).toBe('self_managed_client_credentials');
    expect(availableScopes(then.state)).toEqual(['read', 'write']);
  });

  it.each([
    ['the configuration of the other type', { ...keyAuth, configs: openId().configs }, 'auth_strategy_config_mismatch'],
    ['none', { ...keyAuth, configs: {} }, 'auth_strategy_config_mismatch'],
    ['both', { ...openId(), configs: { ...openId().configs, 'key-auth': {} } }, 'auth_strategy_config_mismatch'],
    ['a registration provider with keys', { ...keyAuth, dcr_provider_id: testId('dcr') }, 'dcr_needs_openid_connect'],
    ['no such registration provider', { ...openId(), dcr_provider_id: testId('gone') }, 'dcr_provider_unknown'],
    ['a secret', openId({ client_secret: ['hunter2'] }), 'auth_strategy_config_secret'],
    ['a secret inside', openId({ redis: { password: 'hunter2' } }), 'auth_strategy_config_secret'],
    ['too much', openId({ x: 'y'.repeat(17_000) }), 'auth_strategy_config_too_large'],
    [
      'too deep a nest',
      openId({ x: JSON.parse('['.repeat(5000) + ']'.repeat(5000)) }),
      'auth_strategy_config_too_large',
    ],
  ])('is refused with %s', (_, command, refusal) => {
    const then = send('CreateAuthStrategy', command);
    expect(then.refusal?.refusal).toBe(refusal);
    expect(JSON.stringify(then.refusal)).not.toContain('hunter2');
  });

  it('allows an empty secret to be named: nothing is said by it', () => {
    expect(send('CreateAuthStrategy', openId({ client_secret: null })).events[0]?.data).toMatchObject({
      openid_connect: { other: '{}' },
    });
  });

  it.each([
    ['no key name', { 'key-auth': { key_names: [] } }, 'configs.key-auth.key_names', 'min_items'],
    ['eleven key names', { 'key-auth': { key_names: [...'abcdefghijk'] } }, 'configs.key-auth.key_names', 'max_items'],
    ['no header name', { 'key-auth': { key_names: ['a b'] } }, 'configs.key-auth.key_names', 'invalid'],
    ['a long key name', { 'key-auth': { key_names: ['a'.repeat(257)] } }, 'configs.key-auth.key_names', 'max_length'],
    ['a header of the connection', { 'key-auth': { key_names: ['Host'] } }, 'configs.key-auth.key_names', 'invalid'],
    ['no lifetime', { 'key-auth': { ttl: { value: 0, unit: 'days' } } }, 'configs.key-auth.ttl.value', 'min'],
    ['months', { 'key-auth': { ttl: { value: 1, unit: 'months' } } }, 'configs.key-auth.ttl.unit', 'enum'],
    ['an unknown field', { 'key-auth': { hide: true } }, 'configs.key-auth.hide', 'unknown_property'],
    ['an unknown type', { basic: {} }, 'configs.basic', 'unknown_property'],
    ['no issuer', { 'openid-connect': { ...issuer, issuer: undefined } }, 'configs.openid-connect.issuer', 'required'],
    ['no URL', { 'openid-connect': { ...issuer, issuer: 'idp' } }, 'configs.openid-connect.issuer', 'invalid'],
    [
      'a scope twice',
      { 'openid-connect': { ...issuer, scopes: ['a', 'a'] } },
      'configs.openid-connect.scopes',
      'invalid',
    ],
  ])('is malformed with %s', (_, configs, field, rule) => {
    const parsed = parseCommand(CreateAuthStrategy, { ...keyAuth, configs });
    expect('violations' in parsed ? parsed.violations : []).toMatchObject([{ field, rule }]);
  });
});

describe('EditAuthStrategy', () => {
  it('records only what changes', () => {
    const then = edit({ name: 'key', display_name: 'Key', strategy_type: 'key_auth' }, [keyAuthCreated()]);
    expect(then.events).toEqual([{ type: 'auth-strategy.edited.v1', data: { display_name: 'Key' } }]);
    expect(then.state).toMatchObject({ display_name: 'Key', created_at: NOW, updated_at: later(5) });
  });

  it('does nothing if nothing changes', () => {
    expect(edit({ configs: { 'key-auth': { key_names: ['apikey'] } } }, [keyAuthCreated()]).events).toEqual([]);
    expect(edit({ configs: { 'openid-connect': {} } }, [openIdCreated()]).events).toEqual([]);
  });

  it('changes a lifetime and keeps the key names; null takes it away', () => {
    const set = edit({ configs: { 'key-auth': { ttl: { value: 1, unit: 'years' } } } }, [keyAuthCreated()]);
    expect(set.state.key_auth).toEqual({ key_names: ['apikey'], ttl: { value: 1, unit: 'years' } });
    expect(edit({ configs: { 'key-auth': {} } }, set.past).events).toEqual([]);
    expect(edit({ configs: { 'key-auth': { ttl: null } } }, set.past).state.key_auth?.ttl).toBeNull();
  });

  it('merges further plugin settings; null takes one away', () => {
    const set = edit({ configs: { 'openid-connect': { leeway: 5, hide: true } } }, [openIdCreated()]);
    expect(set.state.openid_connect?.other).toBe('{"hide":true,"leeway":5}');
    const cleared = edit({ configs: { 'openid-connect': { leeway: null, scopes: [] } } }, set.past);
    expect(cleared.state.openid_connect).toMatchObject({ other: '{"hide":true}', scopes: [] });
  });

  it('replaces as a whole where it is told so', () => {
    const events = [
      openIdCreated({ labels: [['a', 'b']] }),
      { type: 'auth-strategy.edited.v1', data: { display_name: 'Other' } },
    ];
    const then = edit({ replace: true, configs: { 'openid-connect': { ...issuer, leeway: 1 } } }, events);
    expect(then.state).toMatchObject({ labels: [], openid_connect: { ...issuer, other: '{"leeway":1}' } });
    const partial = edit({ replace: true, configs: { 'openid-connect': { issuer: issuer.issuer } } }, events);
    expect(partial.refusal).toEqual({
      refusal: 'auth_strategy_config_incomplete',
      params: { missing: 'credential_claim, scopes, auth_methods' },
    });
  });

  it.each([
    ['another type', { strategy_type: 'openid_connect' }, 'auth_strategy_type_fixed'],
    ['the configuration of another type', { configs: { 'openid-connect': {} } }, 'auth_strategy_config_mismatch'],
    ['a registration provider', { dcr_provider_id: testId('dcr') }, 'dcr_needs_openid_connect'],
  ])('is refused with %s', (_, command, refusal) => {
    expect(edit(command, [keyAuthCreated()]).refusal?.refusal).toBe(refusal);
  });
});

describe('a strategy that clients are registered for', () => {
  const registering = { ...openId(), dcr_provider_id: testId('dcr') };
  const { past } = send('CreateAuthStrategy', registering);
  const change = (command: object, applications = 0) =>
    send('EditAuthStrategy', { auth_strategy_id: STRATEGY, ...command }, { events: past, facts: { applications } });

  it('has credentials of its own kind', () => {
    const { state, result } = send('CreateAuthStrategy', registering);
    expect(credentialType(state)).toBe('client_credentials');
    expect(result).toMatchObject({ dcr_provider: { id: testId('dcr') } });
  });

  it('keeps its provider unless it is told otherwise', () => {
    expect(change({ name: 'new' }).state).toMatchObject({ name: 'new', dcr_provider_id: testId('dcr') });
    expect(change({ dcr_provider_id: null }).state.dcr_provider_id).toBeNull();
    const replaced = { replace: true, configs: { 'openid-connect': issuer } };
    expect(change(replaced).state.dcr_provider_id).toBeNull();
  });

  it('keeps it for good once there are applications', () => {
    expect(change({ dcr_provider_id: null }, 2).refusal).toEqual({
      refusal: 'auth_strategy_dcr_fixed',
      params: { applications: 2 },
    });
    expect(change({ dcr_provider_id: testId('dcr'), name: 'new' }, 2).types).toEqual(['auth-strategy.edited.v1']);
  });
});

describe('DeleteAuthStrategy', () => {
  const remove = (applications: number, publications: number, portals: number, command: object = {}) =>
    send(
      'DeleteAuthStrategy',
      { auth_strategy_id: STRATEGY, ...command },
      { events: [keyAuthCreated()], facts: { applications, publications, portals } },
    );

  it.each([
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ] as const)(
    'is refused with %i applications, %i publications and as the default of %i portals',
    (applications, publications, portals) => {
      expect(remove(applications, publications, portals).refusal).toEqual({
        refusal: 'auth_strategy_in_use',
        params: { applications, publications, portals },
      });
    },
  );

  it('deletes one that nothing uses', () => {
    const then = remove(0, 0, 0, { reason: 'Replaced' });
    expect(then.events).toEqual([{ type: 'auth-strategy.deleted.v1', data: { reason: 'Replaced' } }]);
    expect(then.state).toMatchObject({ exists: false, deleted: true });
  });
});

describe('a strategy that is not there', () => {
  it.each(['EditAuthStrategy', 'DeleteAuthStrategy'])('%s is refused', (name) => {
    const facts = { applications: 0, publications: 0, portals: 0 };
    const gone = [keyAuthCreated(), { type: 'auth-strategy.deleted.v1', data: { reason: null } }];
    for (const events of [[], gone]) {
      expect(send(name, { auth_strategy_id: STRATEGY }, { events, facts }).refusal).toEqual({
        refusal: 'auth_strategy_not_found',
        params: { id: STRATEGY },
      });
    }
  });
});

describe('expiryAfter', () => {
  it.each([
    [{ value: 1, unit: 'days' }, '2028-03-01T12:00:00.000Z'],
    [{ value: 2, unit: 'weeks' }, '2028-03-14T12:00:00.000Z'],
    [{ value: 1, unit: 'years' }, '2029-03-01T12:00:00.000Z'],
    [{ value: 5000, unit: 'years' }, '7028-02-29T12:00:00.000Z'],
  ] as const)('%j', (ttl, expiry) => expect(expiryAfter('2028-02-29T12:00:00.000Z', ttl)).toBe(expiry));
});

describe('any sequence of edits', () => {
  const changes = fc.record(
    {
      name: fc.constantFrom('a', 'b'),
      replace: fc.boolean(),
      strategy_type: fc.constantFrom('key_auth', 'openid_connect'),
      configs: fc.constantFrom(
        { 'key-auth': {} },
        { 'key-auth': { ttl: { value: 1, unit: 'days' } } },
        { 'openid-connect': issuer },
        { 'openid-connect': { leeway: 1 } },
      ),
    },
    { requiredKeys: [] },
  );

  it('keeps exactly the configuration of its type, and folds the same twice', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(keyAuthCreated(), openIdCreated()),
        fc.array(changes, { maxLength: 12 }),
        (first, sequence) => {
          let past: Given['events'] = [first];
          for (const command of sequence) {
            const then = edit(command, past);
            expect(then.state.strategy_type).toBe(
              first.type === 'auth-strategy.created.v1' && first.data.strategy_type,
            );
            expect(then.state.key_auth !== null).toBe(then.state.strategy_type === 'key_auth');
            expect(then.state.openid_connect !== null).toBe(then.state.strategy_type === 'openid_connect');
            past = then.past;
          }
          expect(fold(authStrategy, past as never)).toEqual(fold(authStrategy, structuredClone(past) as never));
        },
      ),
    );
  });
});
