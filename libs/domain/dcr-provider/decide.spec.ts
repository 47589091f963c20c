import { later, NOW, testId, when, type Given } from '../testing/given.js';
import { dcrProviderEntries } from './entries.js';
import { dcrProvider } from './state.js';

const PROVIDER = testId('dcrProvider');
const SECRET = 'secret:v1:place';
const BASE = 'https://bridge.example.org/dcr';

const send = (name: string, command: object, given: Given = {}) =>
  when(dcrProvider, dcrProviderEntries[name], command, given);
const create = (provider_type: string, dcr_config?: object, more: object = {}) =>
  send('CreateDcrProvider', {
    provider_type,
    name: 'main',
    issuer: 'https://idp.example.org',
    ...(dcr_config && { dcr_config }),
    ...more,
  });
const bridge = () => create('http', { dcr_base_url: BASE, api_key: SECRET });
const edit = (command: object, past = bridge().past) =>
  send('EditDcrProvider', { dcr_provider_id: PROVIDER, ...command }, { events: past, now: later(5) });

describe('CreateDcrProvider', () => {
  it('shows everything but the secret', () => {
    const then = create('http', { dcr_base_url: BASE, api_key: SECRET }, { labels: { a: 'b' }, display_name: 'Main' });
    expect(then.result).toEqual({
      id: PROVIDER,
      name: 'main',
      display_name: 'Main',
      provider_type: 'http',
      issuer: 'https://idp.example.org',
      dcr_config: {
        dcr_base_url: BASE,
        disable_event_hooks: false,
        disable_refresh_secret: false,
        allow_multiple_credentials: false,
      },
      labels: { a: 'b' },
      created_at: NOW,
      updated_at: NOW,
    });
    expect(then.state.secret_ref).toBe(SECRET);
  });

  it.each([
    ['curity', { initial_client_id: 'admin', initial_client_secret: SECRET }, { initial_client_id: 'admin' }],
    ['okta', { dcr_token: SECRET }, {}],
    ['rfc7591', { initial_access_token: SECRET }, { registration_endpoint: null }],
    ['rfc7591', undefined, { registration_endpoint: null }],
  ])('takes %s', (type, config, shown) => {
    const then = create(type, config);
    expect(then.result).toMatchObject({ provider_type: type, dcr_config: shown });
    expect(then.state.secret_ref).toBe(config ? SECRET : null);
  });

  it.each([
    ['auth0', { initial_client_id: 'x', initial_client_secret: SECRET }, 'dcr_provider_type_not_spoken'],
    ['azureAd', { initial_client_id: 'x', initial_client_secret: SECRET }, 'dcr_provider_type_not_spoken'],
    ['kongIdentity', undefined, 'dcr_provider_type_not_spoken'],
    ['http', { dcr_base_url: BASE }, 'dcr_provider_incomplete'],
    ['okta', undefined, 'dcr_provider_incomplete'],
    ['okta', { dcr_token: SECRET, dcr_base_url: BASE }, 'dcr_provider_setting_foreign'],
    ['http', { dcr_base_url: BASE, api_key: SECRET, allow_multiple_credentials: true }, 'dcr_several_credentials'],
    ['http', { dcr_base_url: 'http://bridge.example.org/dcr', api_key: SECRET }, 'dcr_address_insecure'],
    ['rfc7591', { registration_endpoint: 'http://idp.example.org/register' }, 'dcr_address_insecure'],
  ])('refuses %s with %j', (type, config, refusal) => {
    expect(create(type, config).refusal?.refusal).toBe(refusal);
  });

  it('takes no secret in clear', () => {
    expect(() => create('okta', { dcr_token: 'hunter2' })).toThrow('in clear');
    expect(() => edit({ dcr_config: { api_key: 'hunter2hunter2' } })).toThrow('in clear');
  });
});

describe('EditDcrProvider', () => {
  it('says only what changed', () => {
    expect(edit({ name: 'main', dcr_config: { api_key: SECRET } }).events).toEqual([]);
    const then = edit({ dcr_config: { disable_event_hooks: true, api_key: 'secret:v1:other' } });
    expect(then.events[0]?.data).toEqual({ disable_event_hooks: true, secret_ref: 'secret:v1:other' });
    expect(then.state).toMatchObject({ dcr_base_url: BASE, updated_at: later(5) });
  });

  it('sends no secret in clear over networks of others', () => {
    const elsewhere = (dcr_base_url: string) => edit({ dcr_config: { dcr_base_url } }).refusal?.refusal;
    expect(elsewhere('http://bridge.example.org/dcr')).toBe('dcr_address_insecure');
    expect(elsewhere('http://10.0.0.1/dcr')).toBeUndefined();
    expect(edit({ issuer: 'http://idp.example.org' }).refusal?.refusal).toBe('dcr_address_insecure');
  });

  it('takes no settings of another type', () => {
    expect(edit({ dcr_config: { dcr_token: SECRET } }).refusal?.refusal).toBe('dcr_provider_setting_foreign');
  });
});

describe('RecordDcrVerification', () => {
  const verified = { dcr_provider_id: PROVIDER, status: 'success', errors: [], idempotent: true };
  const record = (more: object = {}) =>
    send('RecordDcrVerification', { ...verified, ...more }, { events: bridge().past });

  it('remembers that a repeated Idempotency-Key is recognised, until the provider is elsewhere', () => {
    const { past, state } = record();
    expect(state.idempotent).toBe(true);
    expect(edit({ name: 'other' }, past).state.idempotent).toBe(true);
    expect(edit({ dcr_config: { dcr_base_url: `${BASE}2` } }, past).state.idempotent).toBe(false);
  });

  it('does not believe a provider that failed', () => {
    expect(record({ status: 'failed', errors: ['It answers 500.'] }).state.idempotent).toBe(false);
  });
});

describe('DeleteDcrProvider', () => {
  const remove = (strategies: number, clients: number) =>
    send('DeleteDcrProvider', { dcr_provider_id: PROVIDER }, { events: bridge().past, facts: { strategies, clients } });

  it('ends it', () => {
    expect(remove(0, 0).state.exists).toBe(false);
  });

  it.each([
    [1, 0],
    [0, 1],
  ])('is refused with %d strategies and %d clients', (strategies, clients) => {
    expect(remove(strategies, clients).refusal).toEqual({
      refusal: 'dcr_provider_in_use',
      params: { strategies, clients },
    });
  });
});
