import fc from 'fast-check';
import type { ApplicationState } from '../application/state.js';
import { isRefusal } from '../core/refusal.js';
import type { DeveloperState } from '../developer/state.js';
import type { PortalState } from '../portal/state.js';
import { World } from '../testing/world.js';
import { accessThrough } from './access.js';
import { team, type TeamState } from './state.js';

const P = 'portal';
const withRoles = (...roles: [role_name: 'API Viewer' | 'API Consumer', product_id: string][]): TeamState => ({
  ...team.initialState,
  exists: true,
  portal_id: P,
  roles: roles.map(([role_name, product_id], index) => ({ id: `${index}`, role_name, product_id, entity_region: '*' })),
});
const both = ({ mayView, mayRegister }: ReturnType<typeof accessThrough>, id: string) => [mayView(id), mayRegister(id)];

describe('what teams allow', () => {
  it('is nothing without a role', () => {
    const access = accessThrough([withRoles()], P);
    expect(both(access, 'a')).toEqual([false, false]);
    expect(access.viewable).toEqual(new Set());
  });

  it('is the union of their roles; whoever may register may view', () => {
    const access = accessThrough([withRoles(['API Viewer', 'a']), withRoles(['API Consumer', 'b'])], P);
    expect(['a', 'b', 'c'].map((id) => both(access, id))).toEqual([
      [true, false],
      [true, true],
      [false, false],
    ]);
    expect(access.viewable).toEqual(new Set(['a', 'b']));
  });

  it('is everything of its kind with a role for all products', () => {
    const access = accessThrough([withRoles(['API Viewer', '*'], ['API Consumer', 'b'])], P);
    expect(['a', 'b'].map((id) => both(access, id))).toEqual([
      [true, false],
      [true, true],
    ]);
    expect(access.viewable).toBeUndefined();
  });

  it('is nothing through a team that is deleted, or of another portal', () => {
    const gone = { ...withRoles(['API Consumer', '*']), exists: false };
    const foreign = { ...withRoles(['API Consumer', '*']), portal_id: 'another' };
    expect(both(accessThrough([gone, foreign], P), 'a')).toEqual([false, false]);
  });
});

/** A portal with two products, open for registration and approved at once, a developer with many applications, two teams. */
function prepared() {
  const world = new World();
  const send = (name: string, fields: object): string => {
    const done = world.send(name, fields);
    if (isRefusal(done)) throw new Error(`${name}: ${done.refusal}`);
    return done.id;
  };
  const keys = send('CreateAuthStrategy', {
    name: 'Keys',
    display_name: 'API key',
    strategy_type: 'key_auth',
    configs: { 'key-auth': { key_names: ['apikey'] } },
  });
  const settings = { default_application_auth_strategy_id: keys, auto_approve_applications: true };
  const portal = send('CreatePortal', { name: 'Developers', ...settings });
  const products = ['One', 'Two'].map((name) => {
    const product_id = send('CreateProduct', { name, portal_ids: [portal] });
    send('AddProductVersion', { product_id, name: 'v1' });
    const { versions } = world.read<{ versions: { id: string }[] }>('product', product_id).state;
    const product_version_id = versions[0]!.id;
    const publication = { product_id, product_version_id, portal_id: portal, application_registration_enabled: true };
    send('PublishProductVersion', publication);
    return { product_id, product_version_id };
  });
  const developer = send('RegisterDeveloper', { portal_id: portal, email: 'd@example.com', full_name: 'Some One' });
  send('ApproveDeveloper', { developer_id: developer });
  const teams = ['Red', 'Blue'].map((name) => send('CreateTeam', { portal_id: portal, name }));
  const application = send('CreateApplication', { developer_id: developer, name: 'App' });
  return { world, portal, products, developer, teams, application };
}

type Prepared = ReturnType<typeof prepared>;

/** What the log alone says: a team that is there, which the developer joined last, and whose role was given last. */
function mayRegisterByLog({ world, portal, developer }: Prepared, productId: string): boolean {
  const settings = world.read<PortalState>('portal', portal).state;
  if (!settings.rbac_enabled) return true;
  const last = new Map<string, string>();
  for (const { id, type, data } of world.log) {
    const { team_id, role_id } = data as { team_id?: string; role_id?: string };
    if (id === developer && team_id) last.set(`in ${team_id}`, type);
    if (role_id) last.set(role_id, type);
    if (type === 'team.deleted.v1') last.set(`gone ${id}`, type);
  }
  return world.log.some(({ id, type, data }) => {
    if (type !== 'team.role-assigned.v1' || last.has(`gone ${id}`)) return false;
    const role = data as { role_id: string; role_name: string; product_id: string };
    const holds = last.get(role.role_id) === type && last.get(`in ${id}`) === 'developer.added-to-team.v1';
    return holds && role.role_name === 'API Consumer' && ['*', productId].includes(role.product_id);
  });
}

const at = <T>(list: readonly T[], index: number): T => list[index % list.length]!;
const region = { entity_type_name: 'Services', entity_region: '*' };

const STEPS: Readonly<Record<string, (p: Prepared, a: number, b: number) => void>> = {
  roles: (p, a) => void p.world.send('ChangePortalSettings', { portal_id: p.portal, rbac_enabled: a % 4 !== 0 }),
  join: (p, a) => void p.world.send('AddDeveloperToTeam', { developer_id: p.developer, team_id: at(p.teams, a) }),
  leave: (p, a) => void p.world.send('RemoveDeveloperFromTeam', { developer_id: p.developer, team_id: at(p.teams, a) }),
  give: (p, a, b) =>
    void p.world.send('AssignTeamRole', {
      team_id: at(p.teams, a),
      role_name: b % 3 === 0 ? 'API Viewer' : 'API Consumer',
      entity_id: b % 5 === 0 ? '*' : at(p.products, b).product_id,
      ...region,
    }),
  take: (p, a, b) => {
    const { roles } = p.world.read<TeamState>('team', at(p.teams, a)).state;
    if (roles.length > 0) p.world.send('RemoveTeamRole', { team_id: at(p.teams, a), role_id: at(roles, b).id });
  },
  dissolve: (p, a, b) => void (b % 9 === 0 && p.world.send('DeleteTeam', { team_id: at(p.teams, a) })),
};

it('access is granted exactly to whom a team may register, and stays when the role is lost', () => {
  const seen = { granted: 0, refused: 0, kept: 0 };
  const step = fc.tuple(fc.constantFrom(...Object.keys(STEPS), 'join', 'give'), fc.nat(20), fc.nat(20));
  const property = fc.property(fc.array(step, { minLength: 5, maxLength: 30 }), (history) => {
    const p = prepared();
    p.world.send('ChangePortalSettings', { portal_id: p.portal, rbac_enabled: true });
    for (const [name, a, b] of history) {
      STEPS[name]!(p, a, b);
      for (const { product_id, product_version_id } of p.products) {
        const before = p.world.read<ApplicationState>('application', p.application).state.registrations;
        const mine = before.find((one) => one.product_version_id === product_version_id);
        const allowed = mayRegisterByLog(p, product_id);
        if (mine) {
          expect(mine.status).toBe('approved');
          if (!allowed) seen.kept++;
          continue;
        }
        const done = p.world.send('RequestAccess', { application_id: p.application, product_version_id });
        if (isRefusal(done) === allowed) throw new Error(`${name}: ${JSON.stringify(done)}, the log says otherwise`);
        if (allowed) seen.granted++;
        else seen.refused++;
      }
    }
    expect(p.world.read<DeveloperState>('developer', p.developer).state.status).toBe('approved');
  });
  fc.assert(property, { numRuns: 100 });
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(20);
});
