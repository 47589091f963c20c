import { parseCommand } from '../core/violations.js';
import { later, testId } from '../testing/given.js';
import { CreateApplication } from './commands.js';
import { DEVELOPER, ID, OIDC, OWNER, PORTAL, STRATEGY, SYSTEM } from './testing.js';
import { aDeveloper, aPortal, aStrategy, history, send } from './testing.js';

const create = { developer_id: DEVELOPER, name: 'Fleet sync' };

describe('CreateApplication', () => {
  it('fills in what is absent and takes the name and the reference id', () => {
    const { events, result } = send('CreateApplication', { ...create, name: '  Fleet Sync ' });
    const reference_id = testId('reference');
    expect(events).toEqual([
      {
        type: 'application.created.v1',
        data: {
          portal_id: PORTAL,
          developer_id: DEVELOPER,
          name: 'Fleet Sync',
          description: null,
          reference_id,
          redirect_uri: null,
          auth_strategy_id: STRATEGY,
          scopes: [],
        },
        take: [
          { kind: 'application-name', scope: DEVELOPER, value: 'fleet sync' },
          { kind: 'reference-id', scope: PORTAL, value: reference_id },
        ],
      },
    ]);
    expect(result).toEqual({
      id: ID,
      name: 'Fleet Sync',
      description: null,
      reference_id,
      redirect_uri: null,
      auth_strategy: {
        id: STRATEGY,
        name: 'API key',
        credential_type: 'key_auth',
        key_names: ['apikey'],
        supports_multiple_credentials: true,
      },
      created_at: '2026-01-05T09:00:00.000Z',
      updated_at: '2026-01-05T09:00:00.000Z',
    });
  });

  it('keeps what is given, with a strategy of its own', () => {
    const other = testId('other strategy');
    const given = {
      description: 'Keeps the fleet in step',
      reference_id: 'Fleet-01',
      redirect_uri: 'com.example.fleet:/callback',
      scopes: ['routes:read'],
    };
    const facts = { strategy: { ...aStrategy(OIDC), id: other } };
    const { events, result } = send('CreateApplication', { ...create, ...given, auth_strategy_id: other }, { facts });
    expect(events[0]?.data).toEqual({ portal_id: PORTAL, ...create, ...given, auth_strategy_id: other });
    expect(result).toMatchObject({
      ...given,
      auth_strategy: { id: other, credential_type: 'self_managed_client_credentials', auth_methods: ['bearer'] },
    });
  });

  it.each([
    ['an unknown developer', { developer: aDeveloper({ exists: false }) }, {}, 'developer_not_found'],
    ['a pending developer', { developer: aDeveloper({ status: 'pending' }) }, {}, 'developer_not_approved'],
    ['a rejected developer', { developer: aDeveloper({ status: 'rejected' }) }, {}, 'developer_not_approved'],
    ['a revoked developer', { developer: aDeveloper({ status: 'revoked' }) }, {}, 'developer_not_approved'],
    ['a deleted portal', { portal: aPortal({ exists: false }) }, {}, 'portal_not_found'],
    ['a public portal', { portal: aPortal({ is_public: true }) }, {}, 'portal_is_public'],
    ['the 501st application', { applications: 500 }, {}, 'application_limit'],
    [
      'no strategy where the portal has no default',
      { portal: aPortal({ default_application_auth_strategy_id: null }) },
      {},
      'auth_strategy_required',
    ],
    ['a deleted strategy', { strategy: aStrategy({ exists: false }) }, {}, 'auth_strategy_not_found'],
    ['scopes with API keys', {}, { scopes: ['routes:read'] }, 'scopes_not_available'],
    ['foreign scopes', { strategy: aStrategy(OIDC) }, { scopes: ['admin'] }, 'scopes_not_available'],
  ] as const)('is refused for %s', (_, facts, fields, code) => {
    expect(send('CreateApplication', { ...create, ...fields }, { facts }).refusal?.refusal).toBe(code);
  });

  it('allows the 500th application', () => {
    expect(send('CreateApplication', create, { facts: { applications: 499 } }).types).toEqual([
      'application.created.v1',
    ]);
  });

  it('is refused on a stream that has one already', () => {
    expect(send('CreateApplication', create, { events: history() }).refusal?.refusal).toBe('application_exists');
  });

  it.each([
    ['name', 'min_length', { name: '   ' }],
    ['name', 'max_length', { name: 'x'.repeat(256) }],
    ['description', 'max_length', { description: 'x'.repeat(256) }],
    ['reference_id', 'is_string', { reference_id: null }],
    ['redirect_uri', 'invalid', { redirect_uri: 'javascript:alert(1)' }],
    ['auth_strategy_id', 'is_uuid', { auth_strategy_id: 'default' }],
    ['scopes', 'invalid', { scopes: ['a', 'a'] }],
    ['portal_id', 'unknown_property', { portal_id: PORTAL }],
  ])('names the field %s of a malformed command (%s)', (field, rule, fields) => {
    expect(parseCommand(CreateApplication, { ...create, ...fields })).toMatchObject({ violations: [{ field, rule }] });
  });
});

describe('EditApplication', () => {
  const edit = (fields: object, given = {}) =>
    send('EditApplication', { application_id: ID, ...fields }, { events: history(), now: later(60), ...given });

  it('records only what changed and moves the claims', () => {
    const { events, result } = edit({ name: 'Fleet', description: 'New', reference_id: 'fleet-01', scopes: [] });
    expect(events).toEqual([
      {
        type: 'application.edited.v1',
        data: { name: 'Fleet', description: 'New', reference_id: 'fleet-01' },
        take: [
          { kind: 'application-name', scope: DEVELOPER, value: 'fleet' },
          { kind: 'reference-id', scope: PORTAL, value: 'fleet-01' },
        ],
        drop: [
          { kind: 'application-name', scope: DEVELOPER, value: 'fleet sync' },
          { kind: 'reference-id', scope: PORTAL, value: testId('reference') },
        ],
      },
    ]);
    expect(result).toMatchObject({ name: 'Fleet', created_at: later(0), updated_at: later(60) });
  });

  it('moves no claim for the same name in other letters', () => {
    expect(edit({ name: 'FLEET SYNC' }).events).toEqual([
      { type: 'application.edited.v1', data: { name: 'FLEET SYNC' }, take: [], drop: [] },
    ]);
  });

  it('is a no-op for the values that it has', () => {
    const same = { name: ' Fleet sync', description: null, reference_id: testId('reference'), scopes: [] };
    const { events, result } = edit(same);
    expect(events).toEqual([]);
    expect(result).toMatchObject({ id: ID, updated_at: later(0) });
  });

  it('refuses scopes that the strategy does not offer', () => {
    expect(edit({ scopes: ['routes:read'] }).refusal).toMatchObject({
      refusal: 'scopes_not_available',
      params: { scopes: 'routes:read' },
    });
  });

  it("refuses a revoked developer's edit but not an administrator's", () => {
    const facts = { developer: aDeveloper({ status: 'revoked' }) };
    expect(edit({ name: 'Mine' }, { facts, actor: OWNER }).refusal?.refusal).toBe('developer_not_approved');
    expect(edit({ name: 'Mine' }, { facts }).types).toEqual(['application.edited.v1']);
  });
});

describe('DeleteApplication', () => {
  it('gives everything back, with the reason sealed for the developer', () => {
    const { events, state } = send(
      'DeleteApplication',
      { application_id: ID, reason: 'No longer used' },
      { events: history(['GenerateCredential']) },
    );
    expect(events).toEqual([
      {
        type: 'application.deleted.v1',
        data: { reason: 'No longer used' },
        drop: 'all',
        subject: DEVELOPER,
      },
    ]);
    expect(state).toMatchObject({ exists: false, credentials: [], registrations: [] });
  });

  it('works for the cascade of a removed developer', () => {
    const facts = { developer: aDeveloper({ exists: false, status: 'pending' }) };
    const done = send('DeleteApplication', { application_id: ID }, { events: history(), facts, actor: SYSTEM });
    expect(done.types).toEqual(['application.deleted.v1']);
  });
});

describe('a deleted application', () => {
  const registration_id = testId('registration');
  const credential_id = testId('credential');
  it.each([
    ['EditApplication', { name: 'Again' }],
    ['DeleteApplication', {}],
    ['RequestAccess', { product_version_id: testId('version') }],
    ['WithdrawAccess', { registration_id }],
    ['ApproveApp', {}],
    ['RejectApp', {}],
    ['RevokeApp', {}],
    ['GenerateCredential', {}],
    ['RenameCredential', { credential_id, display_name: 'x' }],
    ['RotateCredential', { credential_id }],
    ['RevokeCredential', { credential_id }],
    ['ExpireCredential', { credential_id }],
  ])('is not found by %s', (name, fields) => {
    const events = history(['DeleteApplication']);
    expect(send(name, { application_id: ID, ...fields }, { events }).refusal).toEqual({
      refusal: 'application_not_found',
      params: { id: ID },
    });
  });
});
