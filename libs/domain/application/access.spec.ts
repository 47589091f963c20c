import { testId } from '../testing/given.js';
import { DEVELOPER, ID, OIDC, OWNER, PRODUCT, SYSTEM, VERSION, type Step } from './testing.js';
import { aDeveloper, aPortal, aProduct, aStrategy, history, send } from './testing.js';
import { REGISTRATION_TRANSITIONS, commandForStatus } from './access-decisions.js';
import type { RegistrationStatus } from './events.js';

const ask = { application_id: ID, product_version_id: VERSION };
const requested = ['RequestAccess', { product_version_id: VERSION }] as const;
const first = testId('registration 1');

/** How a registration comes to each status. */
const PATHS: Readonly<Record<RegistrationStatus, readonly Step[]>> = {
  pending: [requested],
  approved: [requested, ['ApproveApp']],
  rejected: [requested, ['RejectApp']],
  revoked: [requested, ['ApproveApp'], ['RevokeApp']],
};
const statuses = Object.keys(PATHS) as RegistrationStatus[];

describe('RequestAccess', () => {
  it('leaves the request to an administrator', () => {
    const { events, result } = send('RequestAccess', { ...ask, reason: 'Live map' }, { events: history() });
    const registration_id = testId('registration');
    expect(events).toEqual([
      {
        type: 'application.access-requested.v1',
        data: { registration_id, product_id: PRODUCT, product_version_id: VERSION, scopes: [], reason: 'Live map' },
        subject: DEVELOPER,
      },
    ]);
    expect(result).toEqual({
      id: registration_id,
      status: 'pending',
      application_id: ID,
      product_id: PRODUCT,
      product_name: 'Routing',
      product_version_id: VERSION,
      product_version_name: 'v2',
      created_at: '2026-01-05T09:00:00.000Z',
      updated_at: '2026-01-05T09:00:00.000Z',
    });
  });

  it.each([
    ['the portal', { portal: aPortal({ auto_approve_applications: true }) }],
    ['the publication', { product: aProduct({ auto_approve_registration: true }) }],
  ])('is approved in the same decision where %s says so', (_, facts) => {
    const { events, result } = send('RequestAccess', ask, { events: history(), facts });
    expect(events).toMatchObject([
      { type: 'application.access-requested.v1' },
      { type: 'application.access-approved.v1', by: 'policy', data: { from: 'pending', reason: null } },
    ]);
    expect(events[0]).not.toHaveProperty('by');
    expect(result).toMatchObject({ status: 'approved' });
  });

  it('takes scopes that the strategy offers', () => {
    const facts = { strategy: aStrategy(OIDC) };
    const { events } = send('RequestAccess', { ...ask, scopes: ['routes:write'] }, { events: history(), facts });
    expect(events).toMatchObject([{ data: { scopes: ['routes:write'] } }]);
  });

  it('is open for a deprecated version', () => {
    const facts = { product: aProduct({ deprecated: true }) };
    expect(send('RequestAccess', ask, { events: history(), facts }).refusal).toBeUndefined();
  });

  it.each([
    ['a revoked developer', { developer: aDeveloper({ status: 'revoked' }) }, 'developer_not_approved'],
    ['a public portal', { portal: aPortal({ is_public: true }) }, 'portal_is_public'],
    ['an unknown version', { product: undefined }, 'product_version_not_found'],
    ['a removed version', { product: aProduct({}, { versions: [] }) }, 'product_version_not_found'],
    ['an unpublished version', { product: aProduct({ publish_status: 'unpublished' }) }, 'product_version_not_found'],
    ['a product the portal does not list', { product: aProduct({}, { portal_ids: [] }) }, 'product_version_not_found'],
    ['another portal', { product: aProduct({ portal_id: testId('elsewhere') }) }, 'product_version_not_found'],
    [
      'disabled registration',
      { product: aProduct({ application_registration_enabled: false }) },
      'registration_not_enabled',
    ],
    ['another strategy', { product: aProduct({ auth_strategy_ids: [testId('other')] }) }, 'auth_strategy_differs'],
    ['a version without strategy', { product: aProduct({ auth_strategy_ids: [] }) }, 'auth_strategy_differs'],
  ])('is refused for %s', (_, facts, code) => {
    expect(send('RequestAccess', ask, { events: history(), facts }).refusal?.refusal).toBe(code);
  });

  it('refuses scopes with API keys', () => {
    const { refusal } = send('RequestAccess', { ...ask, scopes: ['routes:read'] }, { events: history() });
    expect(refusal?.refusal).toBe('scopes_not_available');
  });

  it.each(statuses)('is refused while a registration is %s', (status) => {
    expect(send('RequestAccess', ask, { events: history(...PATHS[status]) }).refusal).toEqual({
      refusal: 'registration_exists',
      params: { status },
    });
  });
});

describe('WithdrawAccess', () => {
  it.each(statuses)('is possible while %s, and the version may be asked for again', (from) => {
    const events = history(...PATHS[from]);
    const done = send('WithdrawAccess', { application_id: ID, registration_id: first }, { events, actor: OWNER });
    expect(done.events).toMatchObject([{ type: 'application.access-withdrawn.v1', data: { from, reason: null } }]);
    expect(done.state.registrations).toEqual([]);
    expect(send('RequestAccess', ask, { events: done.past }).types).toEqual(['application.access-requested.v1']);
  });

  const automatic = { portal: aPortal({ auto_approve_applications: true }) };
  const askAgain = (...steps: readonly Step[]) =>
    send('RequestAccess', ask, { events: history(...steps), facts: automatic }).types;
  const withdrawn = (number: number) =>
    ['WithdrawAccess', { registration_id: testId(`registration ${number}`) }] as const;

  it.each([
    ['revoked', PATHS.revoked, 4],
    ['rejected', PATHS.rejected, 3],
  ] as const)('of what was %s does not let a setting approve what a person denied', (_, path, next) => {
    expect(askAgain(...path, withdrawn(1))).toEqual(['application.access-requested.v1']);
    const pendingAgain = [...path, withdrawn(1), requested, withdrawn(next + 1)];
    expect(askAgain(...pendingAgain)).toEqual(['application.access-requested.v1']);
    const approvedAgain = [...path, withdrawn(1), requested, ['ApproveApp'], withdrawn(next + 1)] as const;
    expect(askAgain(...approvedAgain)).toEqual(['application.access-requested.v1', 'application.access-approved.v1']);
  });

  it.each(['pending', 'approved'] as const)('of what was %s leaves the setting as it was', (status) => {
    expect(askAgain(...PATHS[status], withdrawn(1))).toContain('application.access-approved.v1');
  });

  it('does not find a registration of another application', () => {
    const { refusal } = send('WithdrawAccess', { application_id: ID, registration_id: first }, { events: history() });
    expect(refusal).toEqual({ refusal: 'registration_not_found', params: { registration_id: first } });
  });

  it('is refused to a revoked developer and open to the cascade', () => {
    const given = { events: history(requested), facts: { developer: aDeveloper({ status: 'revoked' }) } };
    const withdraw = { application_id: ID, registration_id: first };
    expect(send('WithdrawAccess', withdraw, { ...given, actor: OWNER }).refusal?.refusal).toBe(
      'developer_not_approved',
    );
    expect(send('WithdrawAccess', withdraw, { ...given, actor: SYSTEM }).refusal).toBeUndefined();
  });
});

describe('ApproveApp, RejectApp and RevokeApp', () => {
  const outcomes = ['approved', 'rejected', 'revoked'] as const;
  const matrix = statuses.flatMap((from) => outcomes.map((to) => [from, to] as const));

  it.each(matrix)('a named registration that is %s becomes %s only where the table says so', (from, to) => {
    const events = history(...PATHS[from]);
    const command = { application_id: ID, registration_ids: [first], reason: 'Reviewed' };
    const done = send(commandForStatus(to)!, command, { events });
    if (from === to) {
      expect(done).toMatchObject({ events: [], result: { registrations: [{ id: first, status: to }] } });
    } else if (REGISTRATION_TRANSITIONS[from].includes(to)) {
      expect(done.events).toEqual([
        {
          type: `application.access-${to}.v1`,
          data: {
            registration_id: first,
            product_id: PRODUCT,
            product_version_id: VERSION,
            from,
            reason: 'Reviewed',
          },
          subject: DEVELOPER,
        },
      ]);
      expect(done.result).toEqual({
        application_id: ID,
        registrations: [{ id: first, status: to, product_version_id: VERSION }],
      });
    } else {
      expect(done.refusal).toEqual({
        refusal: 'registration_status_not_possible',
        params: { registration_id: first, from, to },
        possible: REGISTRATION_TRANSITIONS[from].map(commandForStatus),
      });
    }
  });

  it('knows exactly these ways', () => {
    expect(REGISTRATION_TRANSITIONS).toEqual({
      pending: ['approved', 'rejected'],
      approved: ['revoked'],
      revoked: ['approved'],
      rejected: ['approved'],
    });
    expect(commandForStatus('pending')).toBeUndefined();
  });

  const second = testId('second version');
  const secondVersion = () => {
    const product = aProduct();
    const versions = product.state.versions.map((version) => ({ ...version, id: second }));
    return { ...product, state: { ...product.state, versions } };
  };
  const two = () =>
    send(
      'RequestAccess',
      { application_id: ID, product_version_id: second },
      { events: history(requested), facts: { product: secondVersion() } },
    ).past;
  const other = testId('registration');

  it('takes all that are pending when it names none', () => {
    const { events, result } = send('ApproveApp', { application_id: ID }, { events: two() });
    expect(events).toHaveLength(2);
    expect(result).toMatchObject({ registrations: [{ id: first }, { id: other }] });
  });

  it('takes only those it names', () => {
    const { events } = send('RejectApp', { application_id: ID, registration_ids: [other] }, { events: two() });
    expect(events).toMatchObject([{ data: { registration_id: other } }]);
  });

  it('changes nothing where one of several cannot become so', () => {
    const rejected = send('RejectApp', { application_id: ID, registration_ids: [other] }, { events: two() }).past;
    const done = send('RevokeApp', { application_id: ID, registration_ids: [first, other] }, { events: rejected });
    expect(done.events).toEqual([]);
    expect(done.refusal?.refusal).toBe('registration_status_not_possible');
  });

  it('skips those that are so already', () => {
    const approved = send('ApproveApp', { application_id: ID, registration_ids: [first] }, { events: two() }).past;
    const done = send('ApproveApp', { application_id: ID, registration_ids: [first, other] }, { events: approved });
    expect(done.events).toMatchObject([{ data: { registration_id: other } }]);
    expect(done.result).toMatchObject({
      registrations: [
        { id: first, status: 'approved' },
        { id: other, status: 'approved' },
      ],
    });
  });

  it.each([
    ['ApproveApp', 'pending'],
    ['RejectApp', 'pending'],
    ['RevokeApp', 'approved'],
  ])('%s is refused where no registration is %s', (name, from) => {
    expect(send(name, { application_id: ID }, { events: history() }).refusal).toEqual({
      refusal: 'no_registrations_to_decide',
      params: { from },
    });
  });

  it('refuses a registration it does not know, and changes no other', () => {
    const unknown = testId('unknown');
    const command = { application_id: ID, registration_ids: [first, unknown] };
    const done = send('ApproveApp', command, { events: history(requested) });
    expect(done.refusal).toEqual({ refusal: 'registration_not_found', params: { registration_id: unknown } });
  });

  it('is refused at another revision than the decider saw', () => {
    const events = history(requested);
    const at = (expected_revision: number) => send('ApproveApp', { application_id: ID, expected_revision }, { events });
    expect(at(0).refusal).toEqual({ refusal: 'revision_changed', params: { revision: 1, expected: 0 } });
    expect(at(1).types).toEqual(['application.access-approved.v1']);
  });
});
