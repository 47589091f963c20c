import { describe, expect, it } from '@jest/globals';
import { emailClaim } from '../core/claims.js';
import { DEFAULT_CLAIM_MAPPINGS, identityClaim } from '../portal/identity-provider.js';
import { portal } from '../portal/state.js';
import { developerRegistered, developerWith, portalCreated } from '../testing/events.js';
import { NOW, later, read, testId, when } from '../testing/given.js';
import type { Given } from '../testing/given.js';
import { developerEntries } from './entries.js';
import type { DeveloperEvent, DeveloperStatus } from './events.js';
import { developer } from './state.js';

const PORTAL = testId('portal');
const DEVELOPER = testId('developer');
const PROVIDER = testId('identity-provider');
const ISSUER = 'https://idp.example.org';

const providerAdded = (settings: object = {}) => ({
  type: 'portal.identity-provider-added.v1',
  data: {
    identity_provider_id: PROVIDER,
    type: 'oidc',
    enabled: true,
    issuer_url: ISSUER,
    client_id: 'portal',
    client_secret_ref: null,
    scopes: ['openid'],
    claim_mappings: DEFAULT_CLAIM_MAPPINGS,
    ...settings,
  },
});
const settings = (data: object) => ({ type: 'portal.authentication-settings-changed.v1', data });
const portalIs = (...events: { type: string; data: object }[]) => ({
  portal: read(portal, PORTAL, [portalCreated(), ...events]),
});
const trusting = portalIs(providerAdded());

const identity = {
  identity_provider_id: PROVIDER,
  issuer: ISSUER,
  subject: 'u-17',
  email: 'Ada@example.org',
  email_verified: true,
};
const register = (changes: object = {}, facts: Given['facts'] = trusting) =>
  when(developer, developerEntries['RegisterDeveloperByIdentity'], { portal_id: PORTAL, full_name: 'Ada', ...identity, ...changes }, { facts }); // prettier-ignore
const linkedEvent = (issuer = ISSUER): DeveloperEvent => ({
  type: 'developer.identity-linked.v1',
  data: { identity_provider_id: PROVIDER, issuer, subject: 'sealed:v1:subject' },
});

describe('RegisterDeveloperByIdentity', () => {
  it('makes an approved account that holds the address and the identity, in one append', () => {
    const then = register();
    expect(then.events).toEqual([
      {
        type: 'developer.registered.v1',
        data: { portal_id: PORTAL, email: 'Ada@example.org', full_name: 'Ada' },
        take: [emailClaim(PORTAL, 'ada@example.org')],
        subject: DEVELOPER,
      },
      {
        type: 'developer.identity-linked.v1',
        data: { identity_provider_id: PROVIDER, issuer: ISSUER, subject: 'u-17' },
        take: [identityClaim(PORTAL, ISSUER, 'u-17')],
        subject: DEVELOPER,
      },
      { type: 'developer.email-confirmed.v1', data: {} },
      { type: 'developer.approved.v1', data: { from: 'pending', reason: null }, by: 'policy' },
    ]);
    expect(then.state).toMatchObject({ status: 'approved', email_confirmed: true, created_at: NOW });
    expect(then.state.identities).toEqual([{ identity_provider_id: PROVIDER, issuer: ISSUER }]);
    expect(JSON.stringify(then.result)).not.toMatch(/example\.org|Ada|u-17/);
  });

  it('approves at once whatever is said of sign-ups by mail, unless the portal says otherwise of identities', () => {
    expect(register({}, portalIs(providerAdded(), settings({ auto_approve_identities: false }))).state.status).toBe(
      'pending',
    );
    const byHand = {
      portal: read(portal, PORTAL, [portalCreated({ auto_approve_developers: false }), providerAdded()]),
    };
    expect(register({}, byHand).state.status).toBe('approved');
  });

  it('takes no address for confirmed that the provider does not vouch for', () => {
    const then = register({ email_verified: false });
    expect(then.types).not.toContain('developer.email-confirmed.v1');
    expect(then.state).toMatchObject({ status: 'approved', email_confirmed: false });
  });

  it.each([
    ['no portal', { portal: read(portal, PORTAL) }, 'portal_not_found'],
    ['a public portal', { portal: read(portal, PORTAL, [portalCreated({ is_public: true }), providerAdded()]) }, 'portal_is_public'], // prettier-ignore
    ['no provider', portalIs(), 'identity_provider_not_found'],
    ['a provider that is switched off', portalIs(providerAdded({ enabled: false })), 'identity_provider_not_found'],
    ['another provider', portalIs(providerAdded({ identity_provider_id: testId('x') })), 'identity_provider_not_found'],
    ['another issuer by now', portalIs(providerAdded({ issuer_url: 'https://x.example' })), 'identity_provider_not_found'], // prettier-ignore
  ])('is refused with %s', (_, facts, refusal) => {
    expect(register({}, facts).refusal?.refusal).toBe(refusal);
  });

  it('is for the service itself', () => {
    expect(developerEntries['RegisterDeveloperByIdentity']?.permission).toEqual(['system']);
    expect(developerEntries['LinkIdentity']?.permission).toEqual(['system']);
  });
});

describe('LinkIdentity', () => {
  const confirmed: DeveloperEvent = { type: 'developer.email-confirmed.v1', data: {} };
  const link = (
    events: readonly DeveloperEvent[],
    changes: object = {},
    holder = DEVELOPER,
    facts: object = trusting,
  ) =>
    when(
      developer,
      developerEntries['LinkIdentity'],
      { developer_id: DEVELOPER, ...identity, ...changes },
      { events, facts: { ...facts, holder: read(developer, holder, events) } },
    );

  it.each<DeveloperStatus>(['approved', 'pending'])(
    'lets a confirmed %s account be reached by the identity',
    (status) => {
      const then = link([...developerWith(status), confirmed]);
      expect(then.events).toEqual([
        {
          type: 'developer.identity-linked.v1',
          data: { identity_provider_id: PROVIDER, issuer: ISSUER, subject: 'u-17' },
          take: [identityClaim(PORTAL, ISSUER, 'u-17')],
          subject: DEVELOPER,
        },
      ]);
      expect(then.state.status).toBe(status);
    },
  );

  it('is refused unless both sides have confirmed the address', () => {
    expect(link(developerWith('approved')).refusal?.refusal).toBe('identity_not_verified');
    expect(link([...developerWith('approved'), confirmed], { email_verified: false }).refusal?.refusal).toBe(
      'identity_not_verified',
    );
  });

  it('is refused for an address that is not the account’s', () => {
    expect(link([...developerWith('approved'), confirmed], {}, testId('other')).refusal?.refusal).toBe(
      'identity_not_verified',
    );
  });

  it.each<DeveloperStatus>(['rejected', 'revoked'])('is refused for who is %s', (status) => {
    expect(link([...developerWith(status), confirmed]).refusal?.refusal).toBe('identity_not_verified');
  });

  it('is refused for an account of somebody else at the same provider, not for one at another', () => {
    const mine = [...developerWith('approved'), confirmed];
    expect(link([...mine, linkedEvent()]).refusal?.refusal).toBe('identity_of_another');
    expect(link([...mine, linkedEvent('https://old.example.org')]).types).toEqual(['developer.identity-linked.v1']);
  });

  it('is refused once the portal trusts the provider no more', () => {
    const facts = portalIs(providerAdded({ enabled: false }));
    expect(link([...developerWith('approved'), confirmed], {}, DEVELOPER, facts).refusal?.refusal).toBe(
      'identity_provider_not_found',
    );
  });
});

describe('where there are no passwords', () => {
  const facts = portalIs(settings({ basic_auth_enabled: false }));
  const refusal = { refusal: 'basic_auth_disabled', params: {} };

  it('nobody signs up with one, and nobody gets a link to set one', () => {
    const signUp = { portal_id: PORTAL, email: 'a@example.org', full_name: 'A' };
    expect(when(developer, developerEntries['RegisterDeveloper'], signUp, { facts }).refusal).toEqual(refusal);
    for (const name of ['RequestPasswordReset', 'SetPassword']) {
      const given = { events: developerWith('approved'), facts };
      expect([name, when(developer, developerEntries[name], { developer_id: DEVELOPER }, given).refusal]).toEqual([
        name,
        refusal,
      ]);
    }
  });
});

it('no link leads into an account whose address nobody has proven', () => {
  const ask = (events: readonly DeveloperEvent[]) =>
    when(developer, developerEntries['RequestPasswordReset'], { developer_id: DEVELOPER }, { events, facts: trusting, now: later(60) }); // prettier-ignore
  expect(ask([developerRegistered(), linkedEvent()]).types).toEqual([]);
  const confirmed: DeveloperEvent = { type: 'developer.email-confirmed.v1', data: {} };
  expect(ask([developerRegistered(), linkedEvent(), confirmed]).types).toHaveLength(1);
});
