import '../controllers.js';
import '../gateway/operations.js';
import { COMMANDS } from '#domain/command-table.js';
import { OPERATIONS } from './operation.js';
import { permits, RIGHTS, staysWithin, type Door } from './roles.js';

const door = (changes: Partial<Door>): Door => ({
  id: 'x',
  method: 'GET',
  path: '/x',
  access: { role: 'auditor' },
  ...changes,
});

describe('the table of roles', () => {
  it('names operations that there are, each with a role', () => {
    const known = OPERATIONS.filter(({ access }) => typeof access === 'object').map(({ id }) => id);
    const named = Object.values(RIGHTS).flatMap(({ operations = [] }) => operations);
    expect(named.filter((id) => !known.includes(id))).toEqual([]);
    expect(named.length).toBeGreaterThan(5);
  });

  it('goes by the permission column for commands', () => {
    const approver = [...COMMANDS]
      .filter(([, { permission }]) => permission.includes('approver'))
      .map(([name]) => name);
    expect(approver.length).toBeGreaterThan(3);
    for (const [name] of COMMANDS) {
      const send = door({ method: 'POST', path: `/commands/${name}`, access: { role: 'admin' } });
      expect([name, permits('approver', send)]).toEqual([name, approver.includes(name)]);
      expect([name, permits('auditor', send)]).toEqual([name, false]);
    }
  });

  it('lets nobody in where no role is asked for', () => {
    expect(permits('admin', door({ access: 'developer' }))).toBe(false);
  });
});

describe('a token limited to a portal', () => {
  const portal = '01900000-0000-7000-8000-00000000000a';
  const request = (params: object, query: object = {}) => ({ params, query });

  it.each<[string, Partial<Door>, object, boolean]>([
    ['the path names it', { path: '/v2/portals/{portalId}/teams' }, request({ portalId: portal }), true],
    ['in capitals', { path: '/v2/portals/{portalId}' }, request({ portalId: portal.toUpperCase() }), true],
    ['the path names another', { path: '/v2/portals/{portalId}' }, request({ portalId: 'b' }), false],
    ['the filter names it', { query: { portal: { description: '', schema: {} } } }, request({}, { portal }), true],
    [
      'the filter names another',
      { query: { portal: { description: '', schema: {} } } },
      request({}, { portal: 'b' }),
      false,
    ],
    [
      'the filter names two',
      { query: { portal: { description: '', schema: {} } } },
      request({}, { portal: [portal, 'b'] }),
      false,
    ],
    ['no filter', { query: { portal: { description: '', schema: {} } } }, request({}), false],
    ['an undeclared filter', {}, request({}, { portal }), false],
    ['a command, which is looked at later', { method: 'POST', path: '/commands/ApproveApp' }, request({}), true],
    ['the list of commands', { path: '/commands' }, request({}), false],
    ['a receipt', { path: '/commands/{id}' }, request({ id: portal }), false],
  ])('%s', (_, changes, sent, expected) => {
    expect(staysWithin(portal, door(changes), sent)).toBe(expected);
  });
});
