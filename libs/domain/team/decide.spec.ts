import { portal } from '../portal/state.js';
import { product, type ProductState } from '../product/state.js';
import { portalCreated } from '../testing/events.js';
import { NOW, later, read, testId, when, type Given } from '../testing/given.js';
import { MAX_ROLES } from './decide.js';
import { teamEntries } from './entries.js';
import type { TeamEvent } from './events.js';
import { team } from './state.js';

const ID = testId('team');
const PORTAL = testId('portal');
const PRODUCT = testId('product');
const OTHER = testId('other product');
const there = (id: string, exists = true) => ({
  id,
  state: { ...product.initialState, exists } as ProductState,
  revision: 0,
});

const created: TeamEvent = {
  type: 'team.created.v1',
  data: { portal_id: PORTAL, name: 'Partners', description: null },
};
const send = (name: string, command: object, given: Given = {}) =>
  when(team, teamEntries[name], command, {
    ...given,
    facts: { portal: read(portal, PORTAL, [portalCreated()]), product: there(PRODUCT), ...given.facts },
  });

describe('CreateTeam', () => {
  it('makes an empty team, and takes its name on the portal', () => {
    const { events, result } = send('CreateTeam', { portal_id: PORTAL, name: ' Partners ' });
    expect(events).toEqual([{ ...created, take: [{ kind: 'team-name', scope: PORTAL, value: 'partners' }] }]);
    expect(result).toEqual({ id: ID, name: 'Partners', description: '', created_at: NOW, updated_at: NOW });
  });

  it('needs a portal', () => {
    const facts = { portal: read(portal, PORTAL) };
    expect(send('CreateTeam', { portal_id: PORTAL, name: 'Partners' }, { facts }).refusal?.refusal).toBe(
      'portal_not_found',
    );
  });
});

describe('EditTeam', () => {
  const edit = (fields: object) => send('EditTeam', { team_id: ID, ...fields }, { events: [created], now: later(5) });

  it('records what changed, and changes the name with its claim', () => {
    const claim = (value: string) => ({ kind: 'team-name', scope: PORTAL, value });
    expect(edit({ name: 'Friends', description: 'Who we know' }).events).toEqual([
      {
        type: 'team.edited.v1',
        data: { name: 'Friends', description: 'Who we know' },
        take: [claim('friends')],
        drop: [claim('partners')],
      },
    ]);
  });

  it('keeps the claim when only the spelling changes', () => {
    expect(edit({ name: 'PARTNERS' }).events).toEqual([{ type: 'team.edited.v1', data: { name: 'PARTNERS' } }]);
  });

  it.each([{}, { name: 'Partners ' }, { description: null }])('changes nothing with %j', (fields) => {
    expect(edit(fields)).toMatchObject({ events: [], result: { name: 'Partners', updated_at: NOW } });
  });
});

describe('AssignTeamRole', () => {
  const role = {
    team_id: ID,
    role_name: 'API Viewer',
    entity_id: PRODUCT,
    entity_type_name: 'Services',
    entity_region: 'us',
  };
  const assign = (fields: object = {}, given: Given = {}) =>
    send('AssignTeamRole', { ...role, ...fields }, { events: [created], ...given });

  it('gives a role for a product', () => {
    const { events, result, state } = assign();
    const data = { role_id: testId('role'), role_name: 'API Viewer', product_id: PRODUCT, entity_region: 'us' };
    expect(events).toEqual([{ type: 'team.role-assigned.v1', data }]);
    const { team_id: _, ...shown } = role;
    expect(result).toEqual({ id: testId('role'), ...shown });
    expect(state.updated_at).toBe(NOW);
  });

  it('gives a role for all products without reading one', () => {
    expect(assign({ entity_id: '*' }, { facts: {} }).events).toMatchObject([{ data: { product_id: '*' } }]);
  });

  it('gives another role, or one for another product or region, beside it', () => {
    const { past } = assign();
    const env = { id: (label: string) => testId(`${label} 2`) };
    for (const fields of [{ role_name: 'API Consumer' }, { entity_id: OTHER }, { entity_region: '*' }]) {
      expect(assign(fields, { events: past, env }).state.roles).toHaveLength(2);
    }
  });

  it('gives none twice, and names the one there is', () => {
    const { past } = assign();
    expect(assign({}, { events: past }).refusal).toEqual({
      refusal: 'role_assigned',
      params: { role_name: 'API Viewer', entity_id: PRODUCT, id: testId('role') },
    });
  });

  it('needs a product that is there', () => {
    expect(assign({}, { facts: { product: there(PRODUCT, false) } }).refusal?.refusal).toBe('role_product_unknown');
  });

  it('stops at the limit', () => {
    const many = Array.from({ length: MAX_ROLES }, (_, number): TeamEvent => ({
      type: 'team.role-assigned.v1',
      data: {
        role_id: testId(`role ${number}`),
        role_name: 'API Viewer',
        product_id: testId(`product ${number}`),
        entity_region: '*',
      },
    }));
    expect(assign({}, { events: [created, ...many.slice(1)] }).refusal).toBeUndefined();
    expect(assign({}, { events: [created, ...many] }).refusal?.refusal).toBe('role_limit');
  });
});

describe('RemoveTeamRole', () => {
  const assigned: TeamEvent = {
    type: 'team.role-assigned.v1',
    data: { role_id: testId('role'), role_name: 'API Viewer', product_id: PRODUCT, entity_region: 'us' },
  };

  it('says which role went', () => {
    const { events, state } = send(
      'RemoveTeamRole',
      { team_id: ID, role_id: testId('role') },
      { events: [created, assigned] },
    );
    expect(events).toEqual([{ type: 'team.role-removed.v1', data: assigned.data }]);
    expect(state.roles).toEqual([]);
  });

  it('needs a role that the team has', () => {
    const command = { team_id: ID, role_id: testId('another') };
    expect(send('RemoveTeamRole', command, { events: [created, assigned] }).refusal?.refusal).toBe('role_not_found');
  });
});

describe('DeleteTeam', () => {
  it('gives the name back and leaves no role', () => {
    const { events, state } = send('DeleteTeam', { team_id: ID, reason: 'Merged' }, { events: [created] });
    expect(events).toEqual([{ type: 'team.deleted.v1', data: { reason: 'Merged' }, drop: 'all' }]);
    expect(state).toMatchObject({ exists: false, deleted: true, roles: [], name: 'Partners' });
  });

  it.each([
    ['EditTeam', { name: 'X' }],
    ['DeleteTeam', {}],
    ['AssignTeamRole', { role_name: 'API Viewer', entity_id: '*', entity_type_name: 'Services', entity_region: '*' }],
    ['RemoveTeamRole', { role_id: testId('role') }],
  ])('leaves nothing for %s to do', (name, fields) => {
    const gone: TeamEvent = { type: 'team.deleted.v1', data: { reason: null } };
    expect(send(name, { team_id: ID, ...fields }, { events: [created, gone] }).refusal?.refusal).toBe('team_not_found');
  });
});
