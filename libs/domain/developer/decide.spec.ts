import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { emailClaim } from '../core/claims.js';
import { fold } from '../core/fold.js';
import { portal } from '../portal/state.js';
import { developerRegistered, developerWith, portalCreated } from '../testing/events.js';
import { NOW, later, read, testId, when } from '../testing/given.js';
import type { Given } from '../testing/given.js';
import { developerEntries } from './entries.js';
import { developerIdentityEntries } from './identity-entries.js';
import { membershipEntries } from './team-entries.js';
import type { DeveloperEvent, DeveloperStatus } from './events.js';
import { developer } from './state.js';
import { possibleDeveloperCommands, statusNotPossible } from './status.js';

const PORTAL = testId('portal');
const DEVELOPER = testId('developer');
const one = { developer_id: DEVELOPER };

const portalWith = (settings = {}) => ({ portal: read(portal, PORTAL, [portalCreated(settings)]) });
const automatic = portalWith({ auto_approve_developers: true });
const send = (name: string, command: object, given: Given) =>
  when(developer, developerEntries[name], command, { facts: portalWith(), ...given });

const confirmed: DeveloperEvent = { type: 'developer.email-confirmed.v1', data: {} };
const removed: DeveloperEvent = { type: 'developer.removed.v1', data: { reason: null } };

describe('RegisterDeveloper', () => {
  const signUp = { portal_id: PORTAL, email: ' Ada@Example.org', full_name: 'Ada Lovelace ' };

  it('makes a pending developer, takes the address on that portal, and answers nothing personal', () => {
    const then = send('RegisterDeveloper', signUp, {});
    expect(then.events).toEqual([
      {
        type: 'developer.registered.v1',
        data: { portal_id: PORTAL, email: 'Ada@Example.org', full_name: 'Ada Lovelace' },
        take: [emailClaim(PORTAL, 'ada@example.org')],
        subject: DEVELOPER,
      },
    ]);
    expect(then.result).toEqual({ id: DEVELOPER });
    expect(then.state).toMatchObject({ exists: true, status: 'pending', email_confirmed: false, created_at: NOW });
  });

  it('never approves at sign-up, whatever the portal says', () => {
    expect(send('RegisterDeveloper', signUp, { facts: automatic }).types).toEqual(['developer.registered.v1']);
  });

  it('is refused where there is no such portal, any more or yet', () => {
    expect(send('RegisterDeveloper', signUp, { facts: { portal: read(portal, PORTAL) } }).refusal).toEqual({
      refusal: 'portal_not_found',
      params: { id: PORTAL },
    });
    const deleted = [portalCreated(), { type: 'portal.deleted.v1', data: { forced: true, reason: null } }];
    expect(
      send('RegisterDeveloper', signUp, { facts: { portal: read(portal, PORTAL, deleted) } }).refusal,
    ).toMatchObject({ refusal: 'portal_not_found' });
  });

  it('is refused on a public portal', () => {
    expect(send('RegisterDeveloper', signUp, { facts: portalWith({ is_public: true }) }).refusal).toMatchObject({
      refusal: 'portal_is_public',
    });
  });

  it('tells the holder of a taken address', () => {
    expect(developerEntries['RegisterDeveloper']?.whenTaken).toEqual({
      refusal: 'email_taken',
      send: 'RepeatSignUp',
      idField: 'developer_id',
    });
  });
});

describe('RepeatSignUp', () => {
  it('is recorded at most once an hour, and changes nothing else', () => {
    const first = send('RepeatSignUp', one, { events: [developerRegistered()], now: later(60) });
    expect(first.types).toEqual(['developer.sign-up-repeated.v1']);
    expect(first.state).toMatchObject({ updated_at: NOW, status: 'pending' });
    const again = send('RepeatSignUp', one, { events: first.past, now: later(60 + 3599) });
    expect(again.types).toEqual([]);
    const anHourOn = send('RepeatSignUp', one, { events: first.past, now: later(60 + 3600) });
    expect(anHourOn.types).toEqual(['developer.sign-up-repeated.v1']);
  });
});

describe('ConfirmEmail', () => {
  it('leaves a pending developer pending where an administrator decides', () => {
    const then = send('ConfirmEmail', one, { events: developerWith('pending'), now: later(9) });
    expect(then.events).toEqual([confirmed]);
    expect(then.result).toEqual({
      id: DEVELOPER,
      status: 'pending',
      email_confirmed: true,
      created_at: NOW,
      updated_at: later(9),
    });
  });

  it('approves in the same append, by policy, where the portal does so by itself', () => {
    const then = send('ConfirmEmail', one, { events: developerWith('pending'), facts: automatic });
    expect(then.events).toEqual([
      confirmed,
      { type: 'developer.approved.v1', data: { from: 'pending', reason: null }, by: 'policy' },
    ]);
    expect(then.state.status).toBe('approved');
  });

  it.each<DeveloperStatus>(['approved', 'rejected', 'revoked'])('does not overrule a decision: %s', (status) => {
    const then = send('ConfirmEmail', one, { events: developerWith(status), facts: automatic });
    expect(then.events).toEqual([confirmed]);
    expect(then.state.status).toBe(status);
  });

  it('does nothing the second time, even if the setting was switched on meanwhile', () => {
    const events = [...developerWith('pending'), confirmed];
    expect(send('ConfirmEmail', one, { events, facts: automatic }).events).toEqual([]);
  });

  it('approves nobody on a portal that is gone', () => {
    const facts = { portal: read(portal, PORTAL) };
    expect(send('ConfirmEmail', one, { events: developerWith('pending'), facts }).events).toEqual([confirmed]);
  });
});

describe('passwords', () => {
  it('records a request for a link, and for ten minutes no other, which would void that link', () => {
    const then = send('RequestPasswordReset', one, { events: developerWith('approved'), now: later(60) });
    expect(then.events).toEqual([{ type: 'developer.password-reset-requested.v1', data: {} }]);
    expect(then.state.updated_at).toBe(NOW);
    const again = (seconds: number) =>
      send('RequestPasswordReset', one, { events: then.past, now: later(60 + seconds) }).events.length;
    expect([again(1), again(599), again(600)]).toEqual([0, 0, 1]);
  });

  it('records a request at once after a password was set', () => {
    const asked = send('RequestPasswordReset', one, { events: developerWith('approved'), now: later(60) });
    const set = send('SetPassword', one, { events: asked.past, now: later(70) });
    expect(send('RequestPasswordReset', one, { events: set.past, now: later(80) }).events).toHaveLength(1);
  });

  it('records that a password was set, never which', () => {
    const then = send('SetPassword', one, { events: [...developerWith('pending'), confirmed] });
    expect(then.events).toEqual([{ type: 'developer.password-set.v1', data: {} }]);
    expect(then.state.password_set).toBe(true);
  });

  it('takes the mailed link as proof of the address', () => {
    const then = send('SetPassword', one, { events: developerWith('pending'), facts: automatic });
    expect(then.types).toEqual(['developer.email-confirmed.v1', 'developer.approved.v1', 'developer.password-set.v1']);
  });
});

describe('status', () => {
  const commands = ['ApproveDeveloper', 'RejectDeveloper', 'RevokeDeveloper'] as const;
  const matrix: [DeveloperStatus, ...(DeveloperStatus | 'unchanged' | 'refused')[]][] = [
    //           Approve      Reject       Revoke
    ['pending', 'approved', 'rejected', 'refused'],
    ['approved', 'unchanged', 'refused', 'revoked'],
    ['rejected', 'approved', 'unchanged', 'refused'],
    ['revoked', 'approved', 'refused', 'unchanged'],
  ];
  const cases = matrix.flatMap(([from, ...outcomes]) =>
    commands.map((command, i) => [from, command, outcomes[i] ?? 'refused'] as const),
  );

  it.each(cases)('%s: %s -> %s', (from, command, outcome) => {
    const then = send(command, one, { events: developerWith(from) });
    if (outcome === 'unchanged') {
      expect(then.events).toEqual([]);
      expect(then.result).toMatchObject({ id: DEVELOPER, status: from });
    } else if (outcome === 'refused') {
      expect(then.refusal).toMatchObject({ refusal: 'developer_status_not_possible', params: { from } });
      expect(then.refusal?.possible).toEqual(possibleDeveloperCommands(from));
    } else {
      expect(then.events).toEqual([{ type: `developer.${outcome}.v1`, data: { from, reason: null } }]);
      expect(then.state.status).toBe(outcome);
    }
  });

  it('offers exactly the commands that would change something', () => {
    for (const [from] of matrix) {
      const effective = commands.filter((name) => send(name, one, { events: developerWith(from) }).events.length > 0);
      expect([...possibleDeveloperCommands(from)].sort()).toEqual([...effective].sort());
    }
    expect(statusNotPossible('approved', 'pending')).toEqual({
      refusal: 'developer_status_not_possible',
      params: { from: 'approved', to: 'pending' },
      possible: ['RevokeDeveloper'],
    });
  });

  it('seals a reason with the key of the developer that it is about', () => {
    const then = send('RejectDeveloper', { ...one, reason: 'No contract' }, { events: developerWith('pending') });
    expect(then.events).toEqual([
      { type: 'developer.rejected.v1', data: { from: 'pending', reason: 'No contract' }, subject: DEVELOPER },
    ]);
  });

  it('lets an administrator approve before the address is confirmed', () => {
    const then = send('ApproveDeveloper', one, { events: developerWith('pending') });
    expect(then.state).toMatchObject({ status: 'approved', email_confirmed: false });
  });
});

describe('RemoveDeveloper', () => {
  it('gives the address back and forgets the person', () => {
    const then = send('RemoveDeveloper', { ...one, reason: 'On request' }, { events: developerWith('approved') });
    expect(then.events).toEqual([
      { type: 'developer.removed.v1', data: { reason: 'On request' }, drop: 'all', subject: DEVELOPER },
    ]);
    expect(then.state).toMatchObject({ exists: false, removed: true, email: '', full_name: '' });
    expect(then.state.status).not.toBe('approved');
  });
});

describe('whoever is not there', () => {
  const names = Object.keys(developerEntries).filter(
    (name) => !(name in developerIdentityEntries || name in membershipEntries) && name !== 'RegisterDeveloper',
  );
  it.each(names)('%s is refused before sign-up and after removal', (name) => {
    const refusal = { refusal: 'developer_not_found', params: { id: DEVELOPER } };
    expect(send(name, one, {}).refusal).toEqual(refusal);
    expect(send(name, one, { events: [...developerWith('approved'), removed] }).refusal).toEqual(refusal);
  });
});

describe('any sequence of commands', () => {
  const names = Object.keys(developerEntries).filter(
    (name) => !(name in developerIdentityEntries || name in membershipEntries) && name !== 'RegisterDeveloper',
  );
  const steps = fc.array(fc.record({ name: fc.constantFrom(...names), auto: fc.boolean() }), { maxLength: 25 });

  it('leads only along the permitted ways, and folds the same twice', () => {
    const ways = new Set([
      'pending>approved',
      'pending>rejected',
      'approved>revoked',
      'revoked>approved',
      'rejected>approved',
    ]);
    fc.assert(
      fc.property(steps, (sequence) => {
        let past: Given['events'] = [developerRegistered()];
        sequence.forEach(({ name, auto }, i) => {
          const before = fold(developer, past as never);
          const facts = portalWith({ auto_approve_developers: auto });
          const then = send(name, one, { events: past, facts, now: later(i * 1800) });
          const { status, exists } = then.state;
          if (exists && status !== before.status) expect(ways).toContain(`${before.status}>${status}`);
          const automatically = then.events.find((event) => event.by === 'policy');
          if (automatically) expect([auto, then.state.email_confirmed, before.status]).toEqual([true, true, 'pending']);
          if (!before.exists) expect(then.events).toEqual([]);
          past = then.past;
        });
        expect(fold(developer, past as never)).toEqual(fold(developer, structuredClone(past) as never));
      }),
    );
  });

  it('ignores events it does not know', () => {
    const state = fold(developer, [{ ...developerRegistered(), at: NOW }]);
    expect(developer.evolve(state, { type: 'developer.unknown.v9', data: {}, at: later(1) })).toBe(state);
  });
});
