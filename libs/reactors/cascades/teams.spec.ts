import { approvedDeveloper, openHouse, openPortal, type House, type Portal } from '../testing.js';
import { cascadesReactor } from './reactor.js';
import { toLogEvent } from '#read-models/log-event.js';
import type { DeveloperState } from '#domain/developer/state.js';
import type { PortalState } from '#domain/portal/state.js';
import type { TeamState } from '#domain/team/state.js';

let house: House;
let place: Portal;
let ada: string;
let red: string;

beforeEach(async () => {
  house = await openHouse();
  place = await openPortal(house);
  ada = await approvedDeveloper(house, place.portal);
  red = await teamOf('Red');
});
afterEach(() => house.destroy());

const teamOf = async (name: string) => (await house.command('CreateTeam', { portal_id: place.portal, name }))['id']!;
const join = (developer_id: string, team_id: string) => house.command('AddDeveloperToTeam', { developer_id, team_id });
const give = (team_id: string, entity_id = place.product) =>
  house.command('AssignTeamRole', {
    team_id,
    entity_id,
    role_name: 'API Viewer',
    entity_type_name: 'Services',
    entity_region: '*',
  });

async function settle(): Promise<void> {
  const runner = await house.runner(cascadesReactor(house));
  runner.start();
  await runner.settled();
  expect(house.errors).toEqual([]);
  expect(runner.status()).toMatchObject({ waiting: 0, parked: 0 });
}

const load = async <S>(aggregate: 'developer' | 'team' | 'portal', id: string): Promise<S> =>
  (await house.cache.load<S>(aggregate, id)).state;
const teamsOf = async (id: string) => (await load<DeveloperState>('developer', id)).teams.map(({ team_id }) => team_id);

it('a deleted team has no members any more, and no group leads to it', async () => {
  const blue = await teamOf('Blue');
  const bob = await approvedDeveloper(house, place.portal, 'bob@example.com');
  await Promise.all([join(ada, red), join(bob, red)]);
  await join(ada, blue);
  await house.command('CreateIdentityProvider', {
    portal_id: place.portal,
    type: 'oidc',
    config: { issuer_url: 'https://idp.example.org', client_id: 'portal' },
  });
  const mappings = [red, blue].map((team_id) => ({ team_id, groups: ['devs'] }));
  await house.command('MapGroupsToTeams', { portal_id: place.portal, mappings });
  await house.command('DeleteTeam', { team_id: red });
  await settle();
  expect([await teamsOf(ada), await teamsOf(bob)]).toEqual([[blue], []]);
  expect((await load<PortalState>('portal', place.portal)).team_groups).toEqual([{ team_id: blue, groups: ['devs'] }]);
  const last = (await house.store.readStream(`developer-${bob}`)).at(-1)!;
  expect(last.metadata).toMatchObject({ actor_kind: 'system', actor_id: 'cascades' });
});

it('a deleted product is in no role any more; roles for all products stay', async () => {
  await give(red);
  await give(red, '*');
  await house.command('DeleteProduct', { product_id: place.product });
  await settle();
  expect((await load<TeamState>('team', red)).roles.map(({ product_id }) => product_id)).toEqual(['*']);
});

it('a deleted portal has no teams any more', async () => {
  await join(ada, red);
  await house.command('DeletePortal', { portal_id: place.portal, force: true });
  await settle();
  expect(await load<TeamState>('team', red)).toMatchObject({ exists: false });
});

describe('what came while something was being deleted goes with it', () => {
  /** The cascade of one event alone, as if the one of the deletion had looked before it came. */
  async function follow(stream: string, type: string): Promise<boolean> {
    const reactor = cascadesReactor(house);
    const event = toLogEvent((await house.store.readStream(stream)).find((one) => one.type === type)!);
    if (!(await reactor.concerns!(event))) return false;
    const performance = { signal: new AbortController().signal, progress: () => undefined };
    await reactor.perform({ event } as never, performance as never);
    return true;
  }

  it('a member of a team', async () => {
    await join(ada, red);
    const added = () => follow(`developer-${ada}`, 'developer.added-to-team.v1');
    expect(await added()).toBe(false);
    await house.command('DeleteTeam', { team_id: red });
    expect(await added()).toBe(true);
    expect(await teamsOf(ada)).toEqual([]);
  });

  it('a role for a product, and never one for all', async () => {
    await give(red);
    const given = () => follow(`team-${red}`, 'team.role-assigned.v1');
    expect(await given()).toBe(false);
    await house.command('DeleteProduct', { product_id: place.product });
    expect(await given()).toBe(true);
    expect((await load<TeamState>('team', red)).roles).toEqual([]);
    const blue = await teamOf('Blue');
    await give(blue, '*');
    await follow(`team-${blue}`, 'team.role-assigned.v1');
    expect((await load<TeamState>('team', blue)).roles).toHaveLength(1);
  });

  it('a team of a portal', async () => {
    expect(await follow(`team-${red}`, 'team.created.v1')).toBe(false);
    await house.command('DeletePortal', { portal_id: place.portal, force: true });
    expect(await follow(`team-${red}`, 'team.created.v1')).toBe(true);
    expect(await load<TeamState>('team', red)).toMatchObject({ exists: false });
  });
});
