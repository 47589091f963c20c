import { randomUUID } from 'node:crypto';
import { checkedClient, type Answer, type Call } from '../support/checked-client.js';
import { commandsOf, type Send } from '../support/commands.js';
import { portalScene, type PortalScene } from '../support/portal-scene.js';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
let call: Call;
let send: Send;
let scene: PortalScene;
let portal: string;
let all: string;

beforeAll(async () => {
  server = await startTestServer();
  call = checkedClient(server);
  send = commandsOf(server);
  scene = await portalScene(send);
  portal = `/v2/portals/${scene.portal}`;
  all = `${portal}/teams`;
});
afterAll(() => server.stop());

const create = async (name: string, description?: string): Promise<string> =>
  (await call('POST', all, { body: { name, description } })).body.id;
const role = (entity_id: string, role_name = 'API Viewer', entity_region = 'us') => ({
  role_name,
  entity_id,
  entity_type_name: 'Services',
  entity_region,
});
const names = ({ body }: Answer) => body.data.map(({ name }) => name);
const ids = ({ body }: Answer) => body.data.map(({ id }) => id);
const total = ({ body }: Answer) => (body['meta'] as { page: { total: number } }).page.total;
const faults = ({ status, body }: Answer) => [status, body.invalid_parameters?.map(({ field, rule }) => [field, rule])];

describe('a team', () => {
  it('is created, read, changed and deleted', async () => {
    const { status, body, headers } = await call('POST', all, { body: { name: ' Gold ', description: 'The best' } });
    expect(status).toBe(201);
    expect(body).toMatchObject({ name: 'Gold', description: 'The best', created_at: body['updated_at'] });
    expect(headers.get('gatehouse-position')).not.toBeNull();
    const one = `${all}/${body.id}`;
    expect((await call('GET', one)).body).toEqual(body);
    const changed = await call('PATCH', one, { body: { name: 'Silver' }, headers: { 'if-match': '"0"' } });
    expect([changed.status, changed.body['name'], changed.body['description']]).toEqual([200, 'Silver', 'The best']);
    expect((await call('PATCH', one, { body: {}, headers: { 'if-match': '"0"' } })).status).toBe(412);
    const reason = { 'x-gatehouse-reason': 'Merged' };
    expect((await call('DELETE', one, { headers: reason })).status).toBe(204);
    expect((await call('GET', one)).status).toBe(404);
    const story = await call('GET', `/audit/teams/${body.id}`);
    expect(story.body.data.map(({ words, reason: why }) => [words, why])).toEqual([
      ['admin created the team “Gold”', null],
      ['admin edited the team', null],
      ['admin deleted the team', 'Merged'],
    ]);
  });

  it('has a name of its own on the portal', async () => {
    await create('Unique');
    const again = await call('POST', all, { body: { name: 'unique ' } });
    expect([again.status, again.body.code]).toEqual([409, 'team_name_taken']);
    const id = await create('Another');
    expect((await call('PATCH', `${all}/${id}`, { body: { name: 'UNIQUE' } })).status).toBe(409);
    const elsewhere = await send('CreatePortal', { name: 'Elsewhere' });
    expect((await call('POST', `/v2/portals/${elsewhere.id}/teams`, { body: { name: 'Unique' } })).status).toBe(201);
  });

  it.each([
    [{}, [['name', 'required']]],
    [{ name: 5 }, [['name', 'is_string']]],
    [{ name: 'a'.repeat(251) }, [['name', 'max_length']]],
    [{ name: 'a', description: 'a'.repeat(251) }, [['description', 'max_length']]],
    [{ name: 'a', portal_id: randomUUID() }, [['portal_id', 'unknown_property']]],
  ])('is refused as %j', async (body, expected) => {
    expect(faults(await call('POST', all, { body }))).toEqual([400, expected]);
  });

  it('is found by its name, a page at a time, by name', async () => {
    const other = await send('CreatePortal', { name: 'Many teams' });
    for (const name of ['Ceres', 'ärger', 'Bora']) await send('CreateTeam', { portal_id: other.id, name });
    const list = (query: string) => call('GET', `/v2/portals/${other.id}/teams?${query}`);
    expect(names(await list(''))).toEqual(['ärger', 'Bora', 'Ceres']);
    const page = await list('page[size]=1&page[number]=2');
    expect([names(page), total(page)]).toEqual([['Bora'], 3]);
    expect(names(await list('filter[name][contains]=R'))).toEqual(['ärger', 'Bora', 'Ceres']);
    expect(names(await list('filter[name]=Bora'))).toEqual(['Bora']);
    expect(names(await list('filter[name][oeq]=Bora,Ceres'))).toEqual(['Bora', 'Ceres']);
    expect(names(await list('filter[name][neq]=Bora'))).toEqual(['ärger', 'Ceres']);
    expect((await list('filter[id]=1')).status).toBe(400);
  });

  it('is a 404 on another portal, and where there is none', async () => {
    const id = await create('Mine');
    const { id: other } = await send('CreatePortal', { name: 'Theirs' });
    const foreign = `/v2/portals/${other}/teams/${id}`;
    for (const path of [foreign, `${all}/${randomUUID()}`, `/v2/portals/${randomUUID()}/teams/${id}`]) {
      const answers = await Promise.all([
        call('GET', path),
        call('PATCH', path, { body: { name: 'Stolen' } }),
        call('DELETE', path),
        call('GET', `${path}/developers`),
        call('POST', `${path}/developers`, { body: { id: scene.ada } }),
        call('DELETE', `${path}/developers/${scene.ada}`),
        call('GET', `${path}/assigned-roles`),
        call('POST', `${path}/assigned-roles`, { body: role('*') }),
        call('DELETE', `${path}/assigned-roles/${randomUUID()}`),
      ]);
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 404));
    }
    expect((await call('GET', `${all}/${id}`)).body['name']).toBe('Mine');
  });

  it('is made once for an Idempotency-Key', async () => {
    const options = { body: { name: 'Once' }, headers: { 'idempotency-key': 'team-once' } };
    const [first, second] = [await call('POST', all, options), await call('POST', all, options)];
    expect([second.status, second.body]).toEqual([201, first.body]);
  });
});

describe('membership', () => {
  it('is given and taken, and shown from either side', async () => {
    const [gold, silver] = [await create('Members gold'), await create('Members silver')];
    const add = (team: string, id: string) => call('POST', `${all}/${team}/developers`, { body: { id } });
    expect((await add(gold, scene.bob)).status).toBe(201);
    expect((await add(gold, scene.ada)).status).toBe(201);
    expect((await add(silver, scene.ada)).status).toBe(201);
    const twice = await add(gold, scene.ada);
    expect([twice.status, twice.body.code]).toEqual([409, 'developer_in_team']);

    const members = await call('GET', `${all}/${gold}/developers`);
    expect(ids(members)).toEqual([scene.bob, scene.ada]);
    expect(members.body.data[1]).toEqual({
      id: scene.ada,
      email: 'ada@example.org',
      full_name: 'Ada Lovelace',
      active: true,
      created_at: expect.any(String),
      updated_at: expect.any(String),
    });
    const teams = `${portal}/developers/${scene.ada}/teams`;
    expect(names(await call('GET', teams))).toEqual(['Members gold', 'Members silver']);
    const page = await call('GET', `${teams}?page[size]=1&page[number]=2`);
    expect([names(page), total(page)]).toEqual([['Members silver'], 2]);

    const story = await call('GET', `/audit/developers/${scene.ada}`);
    expect(story.body.data.at(-1)!['words']).toBe('admin put the developer into the team “Members silver”');

    const out = `${all}/${gold}/developers/${scene.ada}`;
    expect((await call('DELETE', out)).status).toBe(204);
    expect((await call('DELETE', out)).status).toBe(404);
    expect(names(await call('GET', teams))).toEqual(['Members silver']);
    await call('DELETE', `${all}/${silver}`);
    expect(names(await call('GET', teams))).toEqual([]);
  });

  it('is searched by name, address and standing', async () => {
    const team = await create('Searched');
    for (const id of [scene.ada, scene.bob]) await call('POST', `${all}/${team}/developers`, { body: { id } });
    const { id: cleo } = await send('RegisterDeveloper', {
      portal_id: scene.portal,
      full_name: 'Cleo',
      email: 'cleo@example.org',
    });
    await send('AddDeveloperToTeam', { developer_id: cleo, team_id: team });
    const find = (query: string) => call('GET', `${all}/${team}/developers?${query}`);
    expect(ids(await find('filter[email]=BOB@example.com'))).toEqual([scene.bob]);
    expect(ids(await find('filter[email][contains]=example.org'))).toEqual([scene.ada, cleo]);
    expect(ids(await find('filter[full_name][contains]=ørst'))).toEqual([scene.bob]);
    expect(ids(await find('filter[active]=true'))).toEqual([scene.ada, scene.bob]);
    const inactive = await find('filter[active]=false');
    expect([ids(inactive), inactive.body.data[0]!['active']]).toEqual([[cleo], false]);
    const page = await find('filter[email][contains]=example&page[size]=1&page[number]=2');
    expect([ids(page), total(page)]).toEqual([[scene.bob], 3]);
  });

  it('is for developers of the portal', async () => {
    const team = await create('Own people');
    const path = `${all}/${team}/developers`;
    const other = await portalScene(send, 'Other people');
    expect((await call('POST', path, { body: { id: other.ada } })).status).toBe(404);
    expect((await call('POST', path, { body: { id: randomUUID() } })).status).toBe(404);
    expect(faults(await call('POST', path, { body: { id: 'x' } }))).toEqual([400, [['id', 'is_uuid']]]);
    expect(faults(await call('POST', path, { body: {} }))).toEqual([400, [['id', 'required']]]);
    expect((await call('GET', `${portal}/developers/${other.ada}/teams`)).status).toBe(404);
  });

  it('ends with the developer', async () => {
    const team = await create('Leavers');
    const leaver = { portal_id: scene.portal, full_name: 'Leaver', email: 'leaver@example.org' };
    const { id } = await send('RegisterDeveloper', leaver);
    await call('POST', `${all}/${team}/developers`, { body: { id } });
    await send('RemoveDeveloper', { developer_id: id });
    expect(ids(await call('GET', `${all}/${team}/developers`))).toEqual([]);
  });
});

describe('roles', () => {
  it('are the two that there are', async () => {
    const { status, body } = await call('GET', '/v2/portal-roles');
    expect([status, body['services']]).toMatchObject([
      200,
      { name: 'Services', roles: { apiviewer: { name: 'API Viewer' }, apiconsumer: { name: 'API Consumer' } } },
    ]);
  });

  it('are assigned, listed and taken', async () => {
    const path = `${all}/${await create('With roles')}/assigned-roles`;
    const viewer = await call('POST', path, { body: role(scene.product) });
    expect(viewer.status).toBe(201);
    expect(viewer.body).toEqual({ id: viewer.body.id, ...role(scene.product) });
    const consumer = await call('POST', path, { body: role('*', 'API Consumer', '*') });
    expect([consumer.status, consumer.body['entity_id']]).toEqual([201, '*']);
    const twice = await call('POST', path, { body: role(scene.product.toUpperCase()) });
    expect([twice.status, twice.body.code]).toEqual([409, 'role_assigned']);
    const page = await call('GET', `${path}?page[size]=1&page[number]=2`);
    expect([ids(page), total(page)]).toEqual([[consumer.body.id], 2]);
    expect((await call('DELETE', `${path}/${viewer.body.id}`)).status).toBe(204);
    expect((await call('DELETE', `${path}/${viewer.body.id}`)).status).toBe(404);
    expect(ids(await call('GET', path))).toEqual([consumer.body.id]);
    const story = await call('GET', `/audit/teams/${path.split('/').at(-2)!}`);
    expect(story.body.data.map(({ words }) => words)).toEqual([
      'admin created the team “With roles”',
      'admin gave the team the role API Viewer for product “Scene API”',
      'admin gave the team the role API Consumer for product “*”',
      'admin took the role API Viewer for product “Scene API” from the team',
    ]);
  });

  it.each([
    [{ role_name: 'API Owner' }, [['role_name', 'enum']]],
    [{ entity_id: 'x' }, [['entity_id', 'is_uuid']]],
    [{ entity_id: randomUUID() }, [['entity_id', 'invalid']]],
    [{ entity_type_name: 'Routes' }, [['entity_type_name', 'enum']]],
    [{ entity_region: 'moon' }, [['entity_region', 'enum']]],
    [{ team_id: randomUUID() }, [['team_id', 'unknown_property']]],
  ])('are refused with %j', async (wrong, expected) => {
    const path = `${all}/${await create(`Refused ${JSON.stringify(wrong).slice(0, 40)}`)}/assigned-roles`;
    expect(faults(await call('POST', path, { body: { ...role('*'), ...wrong } }))).toEqual([400, expected]);
  });
});

describe('groups of the identity provider', () => {
  const path = () => `${portal}/identity-provider/team-group-mappings`;

  it('need a provider, and lead to teams from then on', async () => {
    const [one, two] = [await create('Group one'), await create('Group two')];
    const map = (data: unknown) => call('PATCH', path(), { body: { data } });
    expect((await call('GET', path())).body.code).toBe('no_identity_provider');
    expect((await map([{ team_id: one, groups: ['devs'] }])).status).toBe(400);
    await send('CreateIdentityProvider', {
      portal_id: scene.portal,
      type: 'oidc',
      config: { issuer_url: 'https://idp.example.org', client_id: 'portal' },
    });
    const mapped = await map([
      { team_id: one, groups: ['devs', 'ops'] },
      { team_id: two, groups: ['sales'] },
    ]);
    expect([mapped.status, mapped.body.data]).toEqual([
      200,
      [
        { team_id: one, groups: ['devs', 'ops'] },
        { team_id: two, groups: ['sales'] },
      ],
    ]);
    expect((await map([{ team_id: two, groups: [] }])).body.data).toEqual([{ team_id: one, groups: ['devs', 'ops'] }]);
    const list = await call('GET', `${path()}?page[size]=1`);
    expect([list.body.data.length, total(list)]).toEqual([1, 1]);
    expect(faults(await map([{ team_id: randomUUID(), groups: ['x'] }]))).toEqual([400, [['team_id', 'invalid']]]);
    expect(faults(await map([{ team_id: 'x', groups: ['x'] }]))).toEqual([400, [['data.0.team_id', 'is_uuid']]]);
    expect(faults(await map('devs'))).toEqual([400, [['data', 'is_array']]]);

    await send('EditAuthenticationSettings', { portal_id: scene.portal, idp_mapping_enabled: true });
    await send('SetTeamsFromGroups', { developer_id: scene.bob, groups: ['ops'] }, { kind: 'system', id: 'sign-in' });
    expect(names(await call('GET', `${portal}/developers/${scene.bob}/teams`))).toContain('Group one');
    await call('DELETE', `${all}/${one}`);
    expect((await call('GET', path())).body.data).toEqual([]);
  });
});
