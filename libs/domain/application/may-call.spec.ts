import { fold } from '../core/fold.js';
import { isKeyDenial, mayCall, mayUse, type Call, type Denial } from './may-call.js';
import { application } from './state.js';
import { aDeveloper, aPortal, aStrategy, history, send, ID, VERSION, type Step } from './testing.js';
import { later, testId } from '../testing/given.js';

const requested = ['RequestAccess', { product_version_id: VERSION }] as const;
const ready = [['GenerateCredential'], requested, ['ApproveApp']] as const;
const key = testId('credential 1');

const call = (events: ReturnType<typeof history>, changes: Partial<Call> = {}): Call => ({
  application: fold(application, events),
  developer: aDeveloper().state,
  portal: aPortal().state,
  matches: ({ digest }) => digest === `digest of ${key}`,
  productVersionId: VERSION,
  now: later(0),
  ...changes,
});

it('allows an active key of an approved developer with an approved registration', () => {
  expect(mayCall(call(history(...ready)))).toEqual({
    allowed: true,
    credential_id: key,
    registration_id: testId('registration 2'),
  });
});

describe('denies', () => {
  const revoke = ['RevokeCredential', { credential_id: key }] as const;
  const rotate = ['RotateCredential', { credential_id: key, overlap_seconds: 0 }] as const;
  const none = aDeveloper({ exists: false, status: 'approved' }).state;
  const cases: readonly (readonly [Denial, readonly Step[], Partial<Call>])[] = [
    ['unknown_application', [], { application: application.initialState }],
    ['unknown_application', [...ready, ['DeleteApplication']], {}],
    ['unknown_key', ready, { matches: () => false }],
    ['unknown_key', [requested, ['ApproveApp']], {}],
    ['key_revoked', [...ready, revoke], {}],
    ['key_expired', [...ready, rotate], {}],
    ['portal_not_available', ready, { portal: aPortal({ exists: false }).state }],
    ['developer_not_approved', ready, { developer: aDeveloper({ status: 'pending' }).state }],
    ['developer_not_approved', ready, { developer: aDeveloper({ status: 'rejected' }).state }],
    ['developer_not_approved', ready, { developer: aDeveloper({ status: 'revoked' }).state }],
    ['developer_not_approved', ready, { developer: none }],
    ['no_registration', [['GenerateCredential']], {}],
    ['no_registration', ready, { productVersionId: testId('another version') }],
    ['registration_pending', [['GenerateCredential'], requested], {}],
    ['registration_rejected', [['GenerateCredential'], requested, ['RejectApp']], {}],
    ['registration_revoked', [...ready, ['RevokeApp']], {}],
  ];
  it.each(cases)('%s', (why, events, changes) => {
    expect(mayCall(call(history(...events), changes))).toMatchObject({
      allowed: false,
      why,
    });
  });

  it('says a key is bad only where no good key was shown', () => {
    expect(isKeyDenial('key_expired')).toBe(true);
    expect(isKeyDenial('unknown_application')).toBe(true);
    expect(isKeyDenial('developer_not_approved')).toBe(false);
    expect(isKeyDenial('registration_revoked')).toBe(false);
  });

  it('names the credential in the record, once it is known', () => {
    const answer = mayCall(call(history(...ready, revoke)));
    expect(answer).toEqual({ allowed: false, why: 'key_revoked', credential_id: key });
  });
});

describe('a portal that keeps the keys of revoked developers', () => {
  const portal = aPortal({ keep_keys_of_revoked_developers: true }).state;
  it.each([
    ['revoked', true, true],
    ['rejected', true, false],
    ['pending', true, false],
    ['revoked', false, false],
  ] as const)('a developer who is %s (there: %s) may call: %s', (status, exists, allowed) => {
    const developer = aDeveloper({ status, exists }).state;
    expect(mayCall(call(history(...ready), { portal, developer })).allowed).toBe(allowed);
  });
});

it('ends a key at its expiry to the millisecond, and once that is recorded, for slow clocks too', () => {
  const ttl = { value: 1, unit: 'days' } as const;
  const facts = { strategy: aStrategy({ key_auth: { key_names: ['apikey'], ttl } }) };
  const made = send(
    'GenerateCredential',
    { application_id: ID },
    { events: history(requested, ['ApproveApp']), facts, env: { id: () => key } },
  ).past;
  expect(mayCall(call(made, { now: '2026-01-06T08:59:59.999Z' })).allowed).toBe(true);
  expect(mayCall(call(made, { now: later(86_400) }))).toMatchObject({ why: 'key_expired' });
  const recorded = send(
    'ExpireCredential',
    { application_id: ID, credential_id: key },
    { events: made, now: later(86_400) },
  ).past;
  const slowClock = later(86_399);
  expect(mayCall(call(made, { now: slowClock })).allowed).toBe(true);
  expect(mayCall(call(recorded, { now: slowClock }))).toMatchObject({ why: 'key_expired' });
});

it('judges the right without a key in the same way', () => {
  const { matches: _, now: __, ...rest } = call(history(requested, ['ApproveApp']));
  expect(mayUse(rest)).toEqual({ allowed: true, registration_id: testId('registration 1') });
  expect(mayUse({ ...rest, developer: aDeveloper({ status: 'revoked' }).state }).allowed).toBe(false);
  expect(mayUse({ ...rest, application: application.initialState }).allowed).toBe(false);
});
