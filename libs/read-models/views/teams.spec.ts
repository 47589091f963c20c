import { project } from '../testing.js';
import { memberships } from './memberships.js';
import { portals } from './portals.js';
import { roles } from './roles.js';
import { developerMade, joined, left, on, portalMade, roleGiven, roleTaken, second, teamMade } from './testing.js';
import { teams } from './teams.js';

describe('view teams', () => {
  it('has a team as it is, by its folded name, without its roles', async () => {
    const edited = on('team-te1', 'team.edited.v1', { description: 'Friends' });
    const docs = await project(teams, [teamMade(), roleGiven(), edited]);
    expect(docs.get('te1')).toEqual({
      id: 'te1',
      exists: true,
      deleted: false,
      portal_id: 'po1',
      name: 'Pärtner',
      name_folded: 'partner',
      description: 'Friends',
      created_at: second(1),
      updated_at: second(3),
      revision: 2,
    });
  });

  it('forgets a deleted one', async () => {
    const docs = await project(teams, [
      teamMade(),
      teamMade('te2'),
      on('team-te1', 'team.deleted.v1', { reason: null }),
    ]);
    expect([...docs.keys()]).toEqual(['te2']);
  });
});

describe('view memberships', () => {
  it('has who is in which team, and since when', async () => {
    const docs = await project(memberships, [developerMade(), joined(), joined('te2'), left('te2'), joined('te2')]);
    expect([...docs.values()]).toEqual([
      { id: 'te1:de1', team_id: 'te1', developer_id: 'de1', source: 'manual', since: second(2) },
      { id: 'te2:de1', team_id: 'te2', developer_id: 'de1', source: 'manual', since: second(5) },
    ]);
  });

  it('forgets a removed developer, and keeps the members of a deleted team for the cascade to find', async () => {
    const docs = await project(memberships, [
      developerMade('de1'),
      developerMade('de2'),
      joined('te1', 'de1'),
      joined('te1', 'de2'),
      on('team-te1', 'team.deleted.v1', { reason: null }),
      on('developer-de1', 'developer.removed.v1', { reason: null }),
    ]);
    expect([...docs.keys()]).toEqual(['te1:de2']);
  });
});

describe('view roles', () => {
  it('has the roles that are held, and the portal they are for', async () => {
    const docs = await project(roles, [teamMade(), roleGiven('ro1'), roleGiven('ro2', '*'), roleTaken('ro1')]);
    expect([...docs.values()]).toEqual([
      { id: 'ro2', team_id: 'te1', portal_id: 'po1', role_name: 'API Viewer', product_id: '*' },
    ]);
  });

  it('forgets those of a deleted team', async () => {
    const docs = await project(roles, [
      teamMade(),
      roleGiven('ro1'),
      teamMade('te2'),
      roleGiven('ro2', 'pr1', 'te2'),
      on('team-te1', 'team.deleted.v1', { reason: null }),
    ]);
    expect([...docs.keys()]).toEqual(['ro2']);
  });
});

it('the view portals leaves the mappings of groups to the portal itself', async () => {
  const mappings = [{ team_id: 'te1', groups: ['devs'] }];
  const docs = await project(portals, [portalMade(), on('portal-po1', 'portal.team-groups-mapped.v1', { mappings })]);
  expect(docs.get('po1')).toMatchObject({ revision: 1 });
  expect(docs.get('po1')).not.toHaveProperty('team_groups');
});
