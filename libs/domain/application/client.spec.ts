import { dcrProvider, type DcrProviderState } from '../dcr-provider/state.js';
import type { ReadState } from '../core/decider.js';
import { testId } from '../testing/given.js';
import { application, type ApplicationState } from './state.js';
import { aStrategy, DEVELOPER, ID, OIDC, OWNER, PORTAL, send as sendTo, SYSTEM } from './testing.js';

const PROVIDER = testId('provider');
const provider = (changes: Partial<DcrProviderState> = {}): ReadState<DcrProviderState> => ({
  id: PROVIDER,
  state: { ...dcrProvider.initialState, exists: true, ...changes },
  revision: 0,
});
const FACTS = { strategy: aStrategy({ ...OIDC, dcr_provider_id: PROVIDER }), provider: provider() };

const send: typeof sendTo = (name, command, given = {}) =>
  sendTo(name, command, { ...given, facts: { ...FACTS, ...given.facts } });

const create = (fields: object = {}, facts: object = {}) =>
  send('CreateApplication', { developer_id: DEVELOPER, name: 'Fleet sync', ...fields }, { facts: { ...facts } });
const after = (past: ReturnType<typeof create>['past'], name: string, fields: object = {}, given: object = {}) =>
  send(name, { application_id: ID, ...fields }, { events: past, actor: SYSTEM, ...given });

const requested = create().past;
const registered = after(requested, 'RecordClient', { client_id: 'c1', client_secret: 'hush' }).past;

describe('creating an application whose client is registered', () => {
  it('records the intent, and claims no reference id yet', () => {
    const then = create({ scopes: ['routes:read'] });
    expect(then.types).toEqual(['application.created.v1', 'application.client-registration-requested.v1']);
    expect(then.events[0]?.take?.map(({ kind }) => kind)).toEqual(['application-name']);
    expect(then.state).toMatchObject({ reference_id: '', client: { status: 'requested', client_id: null } });
    expect(then.result).toMatchObject({
      auth_strategy: { credential_type: 'client_credentials', available_scopes: ['routes:read', 'routes:write'] },
    });
  });

  it('refuses a reference id, foreign scopes, and a provider that is gone', () => {
    expect(create({ reference_id: 'mine' }).refusal?.refusal).toBe('reference_id_from_provider');
    expect(create({ scopes: ['admin'] }).refusal?.refusal).toBe('scopes_not_available');
    expect(create({}, { provider: provider({ exists: false }) }).refusal?.refusal).toBe('dcr_provider_not_found');
  });

  it.each([
    ['EditApplication', { name: 'Other' }],
    ['DeleteApplication', {}],
    ['RequestAccess', { product_version_id: testId('version') }],
  ])('lets %s wait', (name, fields) => {
    expect(after(requested, name, fields).refusal?.refusal).toBe('client_registration_under_way');
  });
});

describe('the outcome of a registration', () => {
  it('gives the application its reference id; the secret is in the answer alone', () => {
    const then = after(requested, 'RecordClient', { client_id: 'c1', client_secret: 'hush' });
    expect(then.events).toEqual([
      {
        type: 'application.client-registered.v1',
        data: { dcr_provider_id: PROVIDER, client_id: 'c1' },
        take: [{ kind: 'reference-id', scope: PORTAL, value: 'c1' }],
      },
    ]);
    expect(then.result).toMatchObject({ reference_id: 'c1', credentials: { client_id: 'c1', client_secret: 'hush' } });
  });

  it('is recorded once', () => {
    for (const [name, fields] of [
      ['RecordClient', { client_id: 'c2', client_secret: 'hush' }],
      ['FailClient', { why: 'timeout', may_exist: true }],
    ] as const) {
      expect(after(registered, name, fields).refusal?.refusal).toBe('client_registration_over');
    }
  });

  it('takes the application back when there is none', () => {
    const then = after(requested, 'FailClient', { why: 'refused', may_exist: false });
    expect(then.types).toEqual(['application.client-registration-failed.v1', 'application.deleted.v1']);
    expect(then.events[1]?.drop).toBe('all');
    expect(then.state).toMatchObject({ exists: false, client: { status: 'gone' } });
    expect(after(then.past, 'RecordClient', { client_id: 'c1', client_secret: 'x' }).refusal?.refusal).toBe(
      'client_registration_over',
    );
  });

  it('remembers a client that may exist, until it is found or known not to be', () => {
    const { past, state } = after(requested, 'FailClient', { why: 'timeout', may_exist: true });
    expect(state.client?.status).toBe('unknown');
    expect(after(past, 'ResolveClient', { client_id: null }).state.client?.status).toBe('gone');
    const found = after(past, 'ResolveClient', { client_id: 'c9' });
    expect(found.state.client).toEqual({ dcr_provider_id: PROVIDER, status: 'leaving', client_id: 'c9' });
    expect(after(found.past, 'ResolveClient', { client_id: 'c9' }).events).toEqual([]);
    expect(after(found.past, 'ResolveClient', { client_id: 'c8' }).refusal?.refusal).toBe('client_not_unknown');
    expect(after(found.past, 'RecordClientDeletion').state.client?.status).toBe('gone');
  });

  it('is not deleted where it is the client of another application', () => {
    const { past } = after(requested, 'FailClient', { why: 'timeout', may_exist: true });
    const holding = (changes: Partial<ApplicationState>, id = testId('other')) => ({
      facts: { holder: { id, state: { ...application.initialState, ...changes }, revision: 3 } },
    });
    const client = { dcr_provider_id: PROVIDER, status: 'registered', client_id: 'c1' } as const;
    const resolve = (given: object) => after(past, 'ResolveClient', { client_id: 'c1' }, given);
    expect(resolve(holding({ client })).refusal?.refusal).toBe('client_of_another');
    for (const given of [{}, holding({ client: null }), holding({ client: { ...client, dcr_provider_id: 'x' } })]) {
      expect(resolve(given).state.client?.status).toBe('leaving');
    }
  });

  it('may name the client that is not wanted at once', () => {
    const then = after(requested, 'FailClient', { why: 'client_id_taken', may_exist: true, client_id: 'c1' });
    expect(then.state.client).toMatchObject({ status: 'leaving', client_id: 'c1' });
  });
});

describe('a registered client', () => {
  it('leaves with its application, and is gone once that is recorded', () => {
    const deleted = after(registered, 'DeleteApplication');
    expect(deleted.state.client).toMatchObject({ status: 'leaving', client_id: 'c1' });
    const gone = after(deleted.past, 'RecordClientDeletion');
    expect(gone.types).toEqual(['application.client-deleted.v1']);
    expect(after(gone.past, 'RecordClientDeletion').events).toEqual([]);
  });

  it('that a person has deleted is no longer waited for', () => {
    const { past } = after(registered, 'DeleteApplication');
    expect(after(past, 'ResolveClient', { client_id: null }).state.client?.status).toBe('gone');
    expect(after(registered, 'ResolveClient', { client_id: null }).refusal?.refusal).toBe('client_not_unknown');
  });

  it('keeps the reference id that its provider gave', () => {
    expect(after(registered, 'EditApplication', { reference_id: 'c1' }, { actor: OWNER }).events).toEqual([]);
    expect(after(registered, 'EditApplication', { reference_id: 'x' }).refusal?.refusal).toBe(
      'reference_id_from_provider',
    );
  });

  it('gets a new secret, intent first', () => {
    const asked = after(registered, 'ResetClientSecret', {}, { actor: OWNER });
    expect(asked.types).toEqual(['application.client-secret-reset-requested.v1']);
    const done = after(asked.past, 'RecordClientSecret', { client_secret: 'new' });
    expect(done.events).toEqual([{ type: 'application.client-secret-reset.v1', data: { client_id: 'c1' } }]);
    expect(done.result).toEqual({ client_id: 'c1', client_secret: 'new' });
    expect(after(asked.past, 'RecordClientSecret', { why: 'timeout' }).types).toEqual([
      'application.client-secret-reset-failed.v1',
    ]);
  });

  it.each([
    ['none is registered', requested, {}, 'client_registration_under_way'],
    [
      'the provider gives none',
      registered,
      { provider: provider({ disable_refresh_secret: true }) },
      'client_secret_refresh_disabled',
    ],
  ])('gets no new secret when %s', (_, past, facts, refusal) => {
    expect(after(past, 'ResetClientSecret', {}, { actor: OWNER, facts }).refusal?.refusal).toBe(refusal);
  });
});
