import { NOW, later, testId } from '../testing/given.js';
import { credentialStatus } from './state.js';
import { ID, OIDC, OWNER, SYSTEM, VERSION, DEVELOPER } from './testing.js';
import { aDeveloper, aPortal, aStrategy, history, send } from './testing.js';

const app = { application_id: ID };
const first = testId('credential 1');
const one = () => history(['GenerateCredential', { display_name: 'prod' }]);
const named = { ...app, credential_id: first };
const withTtl = { strategy: aStrategy({ key_auth: { key_names: ['apikey'], ttl: { value: 2, unit: 'days' } } }) };
const DAY = 86_400;

const twenty = () => history(...Array.from({ length: 20 }, () => ['GenerateCredential'] as const));

describe('GenerateCredential', () => {
  it('shows the key in the answer and keeps the digest only', () => {
    const { events, result } = send('GenerateCredential', { ...app, display_name: ' prod ' }, { events: history() });
    const id = testId('credential');
    expect(events).toEqual([
      {
        type: 'application.credential-generated.v1',
        data: {
          credential_id: id,
          display_name: 'prod',
          digest: `digest of ${id}`,
          algorithm: 'test.v1',
          expires_at: null,
          replaces: null,
        },
      },
    ]);
    const credential = `gh_${ID}_${id}`;
    expect(result).toEqual({
      type: 'api_key',
      id,
      display_name: 'prod',
      credential,
      status: 'active',
      expires_at: null,
      created_at: NOW,
    });
    expect(JSON.stringify(events)).not.toContain(credential);
  });

  it('gives each key a name of its own', () => {
    expect(send('GenerateCredential', app, { events: one() }).result).toMatchObject({ display_name: 'Key 2' });
  });

  it("fixes the expiry by the strategy's time to live", () => {
    const { result } = send('GenerateCredential', app, { events: history(), facts: withTtl });
    expect(result).toMatchObject({ expires_at: later(2 * DAY) });
  });

  it.each([
    ['a revoked developer', { developer: aDeveloper({ status: 'revoked' }) }, 'developer_not_approved'],
    ['a public portal', { portal: aPortal({ is_public: true }) }, 'portal_is_public'],
    ['an identity provider', { strategy: aStrategy(OIDC) }, 'credentials_not_for_strategy'],
    ['a deleted strategy', { strategy: aStrategy({ exists: false }) }, 'auth_strategy_not_found'],
    [
      'an unregistered application where the portal wants one',
      { portal: aPortal({ require_registration_for_keys: true }) },
      'registration_required',
    ],
  ])('is refused for %s', (_, facts, code) => {
    expect(send('GenerateCredential', app, { events: history(), facts }).refusal?.refusal).toBe(code);
  });

  it('needs an approved registration where the portal wants one, not just a request', () => {
    const facts = { portal: aPortal({ require_registration_for_keys: true }) };
    const requested = history(['RequestAccess', { product_version_id: VERSION }]);
    expect(send('GenerateCredential', app, { events: requested, facts }).refusal?.refusal).toBe(
      'registration_required',
    );
    const approved = send('ApproveApp', app, { events: requested }).past;
    expect(send('GenerateCredential', app, { events: approved, facts }).refusal).toBeUndefined();
  });

  it('counts active keys: the 21st is refused until one of them ended', () => {
    const events = twenty();
    expect(send('GenerateCredential', app, { events }).refusal).toEqual({
      refusal: 'credential_limit',
      params: { limit: 20 },
    });
    const revoked = send('RevokeCredential', named, { events }).past;
    expect(send('GenerateCredential', app, { events: revoked }).refusal).toBeUndefined();
  });
});

describe('RotateCredential', () => {
  const next = testId('credential');

  it('makes a new key at once and ends the old one after the overlap, in one decision', () => {
    const { events, result, state } = send('RotateCredential', { ...named, overlap_seconds: 60 }, { events: one() });
    expect(events).toMatchObject([
      {
        type: 'application.credential-rotated.v1',
        data: { credential_id: first, replaced_by: next, expires_at: later(60) },
      },
      {
        type: 'application.credential-generated.v1',
        data: { credential_id: next, display_name: 'prod', replaces: first },
      },
    ]);
    expect(result).toMatchObject({ id: next, credential: `gh_${ID}_${next}`, status: 'active' });
    const at = (seconds: number) => state.credentials.map((credential) => credentialStatus(credential, later(seconds)));
    expect(at(59)).toEqual(['active', 'active']);
    expect(at(60)).toEqual(['expired', 'active']);
  });

  it.each([
    ['a day where nothing is said', {}, {}, DAY],
    ['nothing', { overlap_seconds: 0 }, {}, 0],
    ["the portal's maximum where that is less than a day", {}, { max_rotation_overlap_seconds: 600 }, 600],
    ['the whole maximum', { overlap_seconds: 600 }, { max_rotation_overlap_seconds: 600 }, 600],
  ])('overlaps by %s', (_, fields, settings, seconds) => {
    const facts = { portal: aPortal(settings) };
    const { events } = send('RotateCredential', { ...named, ...fields }, { events: one(), facts });
    expect(events[0]?.data).toMatchObject({ expires_at: later(seconds) });
  });

  it('never makes the old key live longer than it would have', () => {
    const events = send('GenerateCredential', app, { events: history(), facts: withTtl }).past;
    const rotated = send(
      'RotateCredential',
      { ...app, credential_id: next, overlap_seconds: 3 * DAY },
      { events, facts: withTtl, env: { id: () => testId('successor') } },
    );
    expect(rotated.events.map(({ data }) => (data as { expires_at: string }).expires_at)).toEqual([
      later(2 * DAY),
      later(2 * DAY),
    ]);
  });

  it('refuses an overlap that the portal does not allow', () => {
    const facts = { portal: aPortal({ max_rotation_overlap_seconds: 600 }) };
    const { refusal } = send('RotateCredential', { ...named, overlap_seconds: 601 }, { events: one(), facts });
    expect(refusal).toEqual({ refusal: 'overlap_too_long', params: { maximum: 600 } });
  });

  it('refuses a key that was rotated already', () => {
    const { past } = send('RotateCredential', named, { events: one() });
    expect(send('RotateCredential', named, { events: past }).refusal).toEqual({
      refusal: 'credential_already_rotated',
      params: { replaced_by: next },
    });
  });

  it.each(['revoked', 'expired'])('refuses a key that is %s', (status) => {
    const ended =
      status === 'revoked'
        ? send('RevokeCredential', named, { events: one() }).past
        : send('RotateCredential', { ...named, overlap_seconds: 0 }, { events: one() }).past;
    expect(send('RotateCredential', named, { events: ended }).refusal).toEqual({
      refusal: 'credential_not_active',
      params: { status },
    });
  });

  it('keeps to 20 active keys: with 20, only without overlap', () => {
    const events = twenty();
    expect(send('RotateCredential', named, { events }).refusal?.refusal).toBe('credential_limit');
    expect(send('RotateCredential', { ...named, overlap_seconds: 0 }, { events }).refusal).toBeUndefined();
  });

  it('is refused to a revoked developer, and does not find a foreign key', () => {
    const facts = { developer: aDeveloper({ status: 'revoked' }) };
    expect(send('RotateCredential', named, { events: one(), facts }).refusal?.refusal).toBe('developer_not_approved');
    expect(send('RotateCredential', named, { events: history() }).refusal?.refusal).toBe('credential_not_found');
  });
});

describe('RenameCredential', () => {
  const rename = (display_name: string, events = one()) =>
    send('RenameCredential', { ...named, display_name }, { events });

  it('changes the name, and nothing where it is the same', () => {
    const { events, result } = rename('production');
    expect(events).toEqual([
      {
        type: 'application.credential-renamed.v1',
        data: { credential_id: first, display_name: 'production' },
      },
    ]);
    expect(result).toEqual({
      type: 'api_key',
      id: first,
      display_name: 'production',
      status: 'active',
      expires_at: null,
      created_at: NOW,
    });
    expect(rename(' prod').events).toEqual([]);
  });

  it('refuses a revoked or unknown key', () => {
    const revoked = send('RevokeCredential', named, { events: one() }).past;
    expect(rename('x', revoked).refusal?.refusal).toBe('credential_not_active');
    expect(rename('x', history()).refusal?.refusal).toBe('credential_not_found');
  });
});

describe('RevokeCredential', () => {
  it('ends the key at once; again, it changes nothing', () => {
    const done = send('RevokeCredential', { ...named, reason: 'Leaked' }, { events: one(), now: later(5) });
    expect(done.events).toEqual([
      {
        type: 'application.credential-revoked.v1',
        data: { credential_id: first, reason: 'Leaked' },
        subject: DEVELOPER,
      },
    ]);
    expect(done.result).toMatchObject({ id: first, status: 'revoked' });
    expect(done.result).not.toHaveProperty('credential');
    expect(send('RevokeCredential', named, { events: done.past }).events).toEqual([]);
  });

  it('is refused to a revoked developer but not to an administrator, and does not find a foreign key', () => {
    const given = { events: one(), facts: { developer: aDeveloper({ status: 'revoked' }) } };
    expect(send('RevokeCredential', named, { ...given, actor: OWNER }).refusal?.refusal).toBe('developer_not_approved');
    expect(send('RevokeCredential', named, given).refusal).toBeUndefined();
    expect(send('RevokeCredential', named, { events: history() }).refusal?.refusal).toBe('credential_not_found');
  });
});

describe('ExpireCredential', () => {
  const made = () => send('GenerateCredential', app, { events: history(), facts: withTtl }).past;
  const expire = (seconds: number, events = made()) =>
    send(
      'ExpireCredential',
      { ...app, credential_id: testId('credential') },
      { events, now: later(seconds), actor: SYSTEM },
    );

  it('records an expiry that has passed, once', () => {
    const done = expire(2 * DAY);
    expect(done.types).toEqual(['application.credential-expired.v1']);
    expect(done.result).toMatchObject({ status: 'expired' });
    expect(expire(2 * DAY + 1, done.past).events).toEqual([]);
  });

  it('refuses one that is still to come', () => {
    expect(expire(2 * DAY - 1).refusal?.refusal).toBe('credential_not_due');
  });

  it('has nothing to record of a revoked key', () => {
    const revoked = send('RevokeCredential', { ...app, credential_id: testId('credential') }, { events: made() }).past;
    expect(expire(2 * DAY, revoked).events).toEqual([]);
  });
});
