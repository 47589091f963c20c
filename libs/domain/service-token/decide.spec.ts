import { COMMANDS } from '../command-table.js';
import { later, NOW, read, testId, when } from '../testing/given.js';
import { portalCreated } from '../testing/events.js';
import { portal as portalDecider } from '../portal/state.js';
import { isReservedName } from './decide.js';
import type { ServiceTokenEvent } from './events.js';
import { isGood, serviceToken } from './state.js';

const id = testId('serviceToken');
const issue = (command: object, facts = {}) =>
  when(serviceToken, COMMANDS.get('IssueServiceToken'), { name: 'edge', role: 'gateway', ...command }, { facts });
const issued: ServiceTokenEvent = {
  type: 'service-token.issued.v1',
  data: { name: 'edge', role: 'gateway', portal_id: null, expires_at: null, digest: 'd', algorithm: 'test.v1' },
};

describe('IssueServiceToken', () => {
  it('shows the token once, and puts its digest alone into the event', () => {
    const { events, result } = issue({ name: ' edge ', role: 'auditor' });
    expect(result).toEqual({
      id,
      name: 'edge',
      role: 'auditor',
      portal_id: null,
      created_at: NOW,
      expires_at: null,
      token: `ght_${id}`,
    });
    expect(events[0]?.data).toMatchObject({ name: 'edge', digest: `digest of ${id}`, algorithm: 'test.v1' });
    expect(JSON.stringify(events)).not.toContain(`ght_${id}`);
  });

  it('expires after so many days', () => {
    const { state } = issue({ days: 2 });
    expect(state.expires_at).toBe(later(2 * 86_400));
    expect(isGood(state, later(2 * 86_400 - 1))).toBe(true);
    expect(isGood(state, later(2 * 86_400))).toBe(false);
  });

  it('may be limited to a portal that there is', () => {
    const portal_id = testId('portal');
    const there = { portal: read(portalDecider, portal_id, [portalCreated()]) };
    expect(issue({ portal_id }, there).state.portal_id).toBe(portal_id);
    expect(issue({ portal_id }, { portal: read(portalDecider, portal_id) }).refusal).toMatchObject({
      refusal: 'portal_not_found',
    });
  });

  it.each(['admin', ' System', 'KEY-expiry', 'RegisterDeveloper', 'single-sign-on', 'dcr-verification', testId('x')])(
    'does not let anybody act under the name %s',
    (name) => {
      expect(issue({ name }).refusal).toMatchObject({ refusal: 'service_token_name_reserved' });
    },
  );

  it('keeps every name free that a command forwards under', () => {
    const forwarding = [...COMMANDS].filter(([, { whenTaken }]) => whenTaken).map(([name]) => name);
    expect(forwarding.length).toBeGreaterThan(0);
    expect(forwarding.filter((name) => !isReservedName(name))).toEqual([]);
  });
});

describe('RevokeServiceToken', () => {
  const revoke = (events: readonly ServiceTokenEvent[]) =>
    when(serviceToken, COMMANDS.get('RevokeServiceToken'), { token_id: id, reason: 'Leaked.' }, { events });

  it('ends the token', () => {
    const { types, state } = revoke([issued]);
    expect(types).toEqual(['service-token.revoked.v1']);
    expect(isGood(state, NOW)).toBe(false);
  });

  it('changes nothing a second time', () => {
    expect(revoke([issued, { type: 'service-token.revoked.v1', data: { reason: null } }]).types).toEqual([]);
  });
});

it('nobody but administrators issues and ends tokens', () => {
  for (const name of ['IssueServiceToken', 'RevokeServiceToken']) {
    expect(COMMANDS.get(name)!.permission).toEqual(['admin']);
  }
});
