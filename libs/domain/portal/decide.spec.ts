import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { authStrategy } from '../auth-strategy/state.js';
import type { Claim } from '../core/claims.js';
import type { NewEvent } from '../core/decider.js';
import { fold } from '../core/fold.js';
import { keyAuthCreated, portalCreated } from '../testing/events.js';
import { NOW, later, read, testId, when } from '../testing/given.js';
import type { Given } from '../testing/given.js';
import { domainClaim, portalClaims, portalNameClaim, preferredDomain } from './domains.js';
import { portalEntries } from './entries.js';
import { portal } from './state.js';

const PORTAL = testId('portal');
const STRATEGY = testId('strategy');
const send = (name: string, command: object, given: Given = {}) => when(portal, portalEntries[name], command, given);
const change = (settings: object, given: Given = { events: [portalCreated()] }) =>
  send('ChangePortalSettings', { portal_id: PORTAL, ...settings }, given);
const strategyIs = (events: Given['events']) => ({ default_strategy: read(authStrategy, STRATEGY, events) });

describe('CreatePortal', () => {
  it('needs a name only: private, nothing automatic, a domain made of the name', () => {
    const then = send('CreatePortal', { name: ' Ärzte & Co. ' });
    expect(then.result).toEqual({
      id: PORTAL,
      name: 'Ärzte & Co.',
      display_name: 'Ärzte & Co.',
      description: null,
      default_domain: 'arzte-co.localhost',
      is_public: false,
      rbac_enabled: false,
      auto_approve_applications: false,
      auto_approve_developers: false,
      custom_domain: null,
      custom_client_domain: null,
      default_application_auth_strategy_id: null,
      labels: {},
      max_rotation_overlap_seconds: 604_800,
      keep_keys_of_revoked_developers: false,
      require_registration_for_keys: false,
      created_at: NOW,
      updated_at: NOW,
    });
    expect(then.events[0]?.take).toEqual([portalNameClaim('ärzte & co.'), domainClaim('arzte-co.localhost')]);
  });

  it('takes every setting that is given, and its domains', () => {
    const then = send('CreatePortal', {
      name: 'Acme',
      display_name: 'Acme APIs',
      is_public: true,
      custom_domain: 'API.example.org',
      custom_client_domain: 'api.example.org',
      labels: { '10': 'a', '2': 'b' },
      max_rotation_overlap_seconds: 0,
    });
    expect(then.events[0]?.data).toMatchObject({
      display_name: 'Acme APIs',
      is_public: true,
      labels: [
        ['10', 'a'],
        ['2', 'b'],
      ],
      max_rotation_overlap_seconds: 0,
    });
    expect(then.events[0]?.take).toEqual([
      portalNameClaim('Acme'),
      domainClaim('acme.localhost'),
      domainClaim('api.example.org'),
    ]);
  });

  it('gets another default domain if one portal has the preferred one', () => {
    const then = send(
      'CreatePortal',
      { name: 'acme!' },
      { facts: { preferred_domain: read(portal, testId('other')) } },
    );
    expect(then.events[0]?.data).toMatchObject({ default_domain: `acme-${PORTAL.slice(-12)}.localhost` });
  });

  it.each([
    ['日本語', 'portal.localhost'],
    ['a'.repeat(39) + ' b', `${'a'.repeat(39)}.localhost`],
    ['-- Été 2026 --', 'ete-2026.localhost'],
  ])('makes a DNS name of %s', (name, domain) => expect(preferredDomain(name)).toBe(domain));

  it('is refused with a client domain alone', () => {
    expect(send('CreatePortal', { name: 'Acme', custom_client_domain: 'dev.example.org' }).refusal?.refusal).toBe(
      'custom_domain_required',
    );
  });

  it('is refused with a default strategy that is not there, any more or yet', () => {
    const command = { name: 'Acme', default_application_auth_strategy_id: STRATEGY };
    const refusal = { refusal: 'default_auth_strategy_not_found', params: { id: STRATEGY } };
    expect(send('CreatePortal', command, { facts: strategyIs([]) }).refusal).toEqual(refusal);
    const deleted = [keyAuthCreated(), { type: 'auth-strategy.deleted.v1', data: { reason: null } }];
    expect(send('CreatePortal', command, { facts: strategyIs(deleted) }).refusal).toEqual(refusal);
    expect(send('CreatePortal', command, { facts: strategyIs([keyAuthCreated()]) }).types).toEqual([
      'portal.created.v1',
    ]);
  });
});

describe('ChangePortalSettings', () => {
  it('records only what changes', () => {
    const then = change(
      { name: 'Acme', is_public: false, auto_approve_developers: true, description: 'All of it' },
      { events: [portalCreated()], now: later(5) },
    );
    expect(then.events).toEqual([
      {
        type: 'portal.settings-changed.v1',
        data: { auto_approve_developers: true, description: 'All of it' },
        take: [],
        drop: [],
      },
    ]);
    expect(then.result).toMatchObject({ auto_approve_developers: true, created_at: NOW, updated_at: later(5) });
  });

  it('does nothing if nothing changes', () => {
    const then = change({ name: ' Acme', labels: {} });
    expect(then.events).toEqual([]);
    expect(then.result).toMatchObject({ id: PORTAL, name: 'Acme' });
  });

  it('moves the name and the domains, and keeps the default domain', () => {
    const events = [portalCreated({ custom_domain: 'old.example.org', custom_client_domain: 'dev.example.org' })];
    const then = change({ name: 'Bcme', custom_domain: 'new.example.org' }, { events });
    expect(then.events[0]).toMatchObject({
      data: { name: 'Bcme', custom_domain: 'new.example.org' },
      take: [portalNameClaim('bcme'), domainClaim('new.example.org')],
      drop: [portalNameClaim('acme'), domainClaim('old.example.org')],
    });
    expect(then.state.default_domain).toBe('acme.localhost');
  });

  it('keeps its claim if only the letters of the name change', () => {
    expect(change({ name: 'ACME' }).events[0]).toMatchObject({ data: { name: 'ACME' }, take: [], drop: [] });
  });

  it('is refused if a client domain would be left alone', () => {
    const events = [portalCreated({ custom_domain: 'api.example.org', custom_client_domain: 'dev.example.org' })];
    expect(change({ custom_domain: null }, { events }).refusal?.refusal).toBe('custom_domain_required');
    expect(change({ custom_domain: null, custom_client_domain: null }, { events }).types).toHaveLength(1);
  });

  it('merges labels', () => {
    const events = [portalCreated({ labels: [['a', '1']] })];
    expect(change({ labels: { a: null, b: '2' } }, { events }).events[0]?.data).toEqual({ labels: [['b', '2']] });
    expect(change({ labels: null }, { events }).events[0]?.data).toEqual({ labels: [] });
  });

  it('sets a default strategy that exists, and clears it unread', () => {
    const default_application_auth_strategy_id = STRATEGY;
    const events = [portalCreated()];
    const set = change({ default_application_auth_strategy_id }, { events, facts: strategyIs([keyAuthCreated()]) });
    expect(set.state.default_application_auth_strategy_id).toBe(STRATEGY);
    expect(change({ default_application_auth_strategy_id }, { events, facts: strategyIs([]) }).refusal?.refusal).toBe(
      'default_auth_strategy_not_found',
    );
    const cleared = change({ default_application_auth_strategy_id: null }, { events: set.past });
    expect(cleared.state.default_application_auth_strategy_id).toBeNull();
  });
});

describe('DeletePortal', () => {
  const remove = (command: object, developers: number, versions: number) =>
    send(
      'DeletePortal',
      { portal_id: PORTAL, ...command },
      { events: [portalCreated()], facts: { developers, versions } },
    );

  it.each([
    [1, 0],
    [0, 2],
  ])('is refused with %i developers and %i registrable versions', (developers, versions) => {
    expect(remove({}, developers, versions).refusal).toMatchObject({
      refusal: 'portal_not_empty',
      params: { developers, versions },
    });
  });

  it('deletes an empty one and gives everything back', () => {
    expect(remove({ reason: 'Merged' }, 0, 0).events).toEqual([
      { type: 'portal.deleted.v1', data: { forced: false, reason: 'Merged' }, drop: 'all' },
    ]);
  });

  it('with force asks nothing, and says so', () => {
    const then = send('DeletePortal', { portal_id: PORTAL, force: true }, { events: [portalCreated()] });
    expect(then.events[0]?.data).toEqual({ forced: true, reason: null });
    expect(then.state).toMatchObject({ exists: false, deleted: true });
  });
});

describe('a portal that is not there', () => {
  it.each(['ChangePortalSettings', 'DeletePortal'])('%s is refused', (name) => {
    const facts = { developers: 0, versions: 0 };
    const gone = [portalCreated(), { type: 'portal.deleted.v1', data: { forced: false, reason: null } }];
    for (const events of [[], gone]) {
      expect(send(name, { portal_id: PORTAL }, { events, facts }).refusal).toEqual({
        refusal: 'portal_not_found',
        params: { id: PORTAL },
      });
    }
  });
});

describe('any sequence of changes', () => {
  const domain = fc.constantFrom(null, 'a.example.org', 'b.example.org', 'acme.localhost');
  const settings = fc.record(
    {
      name: fc.constantFrom('Acme', 'ACME', 'Bcme'),
      custom_domain: domain,
      custom_client_domain: domain,
      is_public: fc.boolean(),
      labels: fc.dictionary(fc.constantFrom('a', '10'), fc.constantFrom('x', null)),
    },
    { requiredKeys: [] },
  );
  const key = ({ kind, value }: Claim) => `${kind} ${value}`;

  function holds(held: ReadonlySet<string>, events: readonly NewEvent[]): ReadonlySet<string> {
    const next = new Set(held);
    for (const { take = [], drop = [] } of events) {
      if (drop !== 'all') drop.map(key).forEach((claim) => next.delete(claim));
      take.map(key).forEach((claim) => next.add(claim));
    }
    return next;
  }

  it('holds exactly the claims of its settings, never a client domain alone, and folds the same twice', () => {
    fc.assert(
      fc.property(fc.array(settings, { maxLength: 12 }), (sequence) => {
        const created = send('CreatePortal', { name: 'Acme' });
        let [past, state, held] = [created.past, created.state, holds(new Set(), created.events)];
        for (const command of sequence) {
          const then = change(command, { events: past });
          [past, state, held] = [then.past, then.state, holds(held, then.events)];
          expect([...held].sort()).toEqual(portalClaims(state).map(key).sort());
          expect(state.custom_client_domain === null || state.custom_domain !== null).toBe(true);
        }
        expect(fold(portal, past)).toEqual(state);
      }),
    );
  });
});
