import { checkedClient, type Answer, type Call } from '../support/checked-client.js';
import { commandsOf, type Send } from '../support/commands.js';
import { portalClient, type PortalCall } from '../support/portal-client.js';
import { portalScene, type PortalScene } from '../support/portal-scene.js';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
let call: Call;
let send: Send;
let scene: PortalScene;
let ada: PortalCall;
let bob: PortalCall;
let hidden: string;
let hiddenVersion: string;
let team: string;

beforeAll(async () => {
  server = await startTestServer();
  call = checkedClient(server);
  send = commandsOf(server);
  scene = await portalScene(send, 'Roles');
  const { portal, keyStrategy } = scene;
  hidden = (await send('CreateProduct', { name: 'Secret API', description: 'Unheard of', portal_ids: [portal] })).id;
  hiddenVersion = (await send('AddProductVersion', { product_id: hidden, name: 'v1' })).id;
  await send('PublishProductVersion', {
    product_id: hidden,
    product_version_id: hiddenVersion,
    portal_id: portal,
    auth_strategy_ids: [keyStrategy],
    application_registration_enabled: true,
  });
  await send('AddDocument', {
    product_id: hidden,
    slug: 'start',
    title: 'Secret start',
    status: 'published',
    content_sha256: await server.services.blobs.put(Buffer.from('# Unheard of')),
    size: 12,
  });
  ada = await portalClient(server, call, scene.ada, portal);
  bob = await portalClient(server, call, scene.bob, portal);
  team = (await send('CreateTeam', { portal_id: portal, name: 'Viewers' })).id;
  await send('AddDeveloperToTeam', { developer_id: scene.ada, team_id: team });
});
afterAll(() => server.stop());

const patch = (rbac_enabled: boolean) => call('PATCH', `/v2/portals/${scene.portal}`, { body: { rbac_enabled } });
const give = (role_name: string, entity_id: string, team_id = team) =>
  send('AssignTeamRole', { team_id, role_name, entity_id, entity_type_name: 'Services', entity_region: '*' });
const take = async (role: Promise<{ id: string }>) =>
  send('RemoveTeamRole', { team_id: team, role_id: (await role).id });
const names = ({ body }: Answer) => body.data.map(({ name }) => name);
const found = ({ body }: Answer) => body.data.map(({ source }) => (source as { name: string }).name);
const total = ({ body }: Answer) => (body['meta'] as { page: { total: number } }).page.total;
const status = async (answer: Promise<Answer>) => (await answer).status;
const actions = async (who: PortalCall, product: string) => {
  const { status: code, body } = await who('GET', `/products/${product}/actions`);
  return [code, body['actions']];
};
const all = (value: boolean) => [200, { view: value, register: value, view_documentation: value }];

/** Every way to a product and what belongs to it. */
const ways = (product: string, version: string) => [
  `/products/${product}`,
  `/products/${product}/versions`,
  `/products/${product}/versions/${version}`,
  `/products/${product}/versions/${version}/spec/operations`,
  `/products/${product}/versions/${version}/spec`,
  `/products/${product}/versions/${version}/applications`,
  `/products/${product}/documents`,
  `/products/${product}/documents/start`,
];

it('without roles everybody sees everything that the portal lists', async () => {
  expect(names(await bob('GET', '/products'))).toEqual(['Roles API', 'Secret API']);
  expect(await actions(bob, hidden)).toEqual(all(true));
});

describe('with roles', () => {
  it('nobody sees anything while no team has one, and whoever switches them on is told', async () => {
    const { status: code, headers } = await patch(true);
    expect([code, headers.get('gatehouse-warning')]).toEqual([200, expect.stringMatching(/no developer sees/)]);
    expect((await patch(false)).headers.get('gatehouse-warning')).toBeNull();
    await patch(true);
    expect([names(await ada('GET', '/products')), total(await ada('GET', '/products'))]).toEqual([[], 0]);
    expect(found(await ada('GET', '/search/product-catalog?q='))).toEqual([]);
    for (const path of ways(scene.product, scene.version))
      expect([path, await status(ada('GET', path))]).toEqual([path, 404]);
    expect(await actions(ada, scene.product)).toEqual(all(false));
  });

  it('a viewer sees the product in lists, searches and by itself, and nothing of another', async () => {
    await give('API Viewer', scene.product);
    expect((await patch(true)).headers.get('gatehouse-warning')).toBeNull();
    const list = await ada('GET', '/products');
    expect([names(list), total(list)]).toEqual([['Roles API'], 1]);
    const second = await ada('GET', '/products?page[size]=1&page[number]=2');
    expect([names(second), total(second)]).toEqual([[], 1]);
    expect(names(await ada('GET', `/products?filter[id]=${hidden}`))).toEqual([]);
    expect(names(await ada('GET', '/products?filter[name][contains]=secret'))).toEqual([]);
    expect(found(await ada('GET', '/search/product-catalog?q='))).toEqual(['Roles API']);
    expect(found(await ada('GET', '/search/product-catalog?q=api'))).toEqual(['Roles API']);
    expect(found(await ada('GET', '/search/product-catalog?q=unheard'))).toEqual([]);
    const seen = await Promise.all(ways(scene.product, scene.version).map((path) => status(ada('GET', path))));
    expect(seen).toEqual([200, 200, 200, 204, 204, 200, 200, 404]);
    expect(await actions(ada, scene.product)).toEqual([200, { view: true, register: false, view_documentation: true }]);
    expect(await actions(ada, hidden)).toEqual(all(false));
    expect(names(await bob('GET', '/products'))).toEqual([]);
  });

  it('a hidden product looks like one that does not exist', async () => {
    const nothing = '01900000-0000-7000-8000-000000000000';
    const body = async (path: string) => {
      const { instance: _, ...rest } = (await ada('GET', path)).body;
      return rest;
    };
    for (const [index, path] of ways(hidden, hiddenVersion).entries()) {
      expect(await body(path)).toEqual(await body(ways(nothing, nothing)[index]!));
    }
    const request = (product_version_id: string) =>
      ada('POST', `/applications/${scene.adasApp}/registrations`, { product_version_id });
    const answers = [await request(hiddenVersion), await request(nothing)];
    expect(answers.map(({ status: code, body: problem }) => [code, problem.code])).toEqual([
      [404, 'product_version_not_found'],
      [404, 'product_version_not_found'],
    ]);
  });

  it('a viewer may not register, a consumer may; the teams read are in the basis', async () => {
    const { adasApp: applicationId, pending, version } = scene;
    await ada('DELETE', `/applications/${applicationId}/registrations/${pending}`);
    const request = () => ada('POST', `/applications/${applicationId}/registrations`, { product_version_id: version });
    const refused = await request();
    expect([refused.status, refused.body.code]).toEqual([409, 'role_required']);
    const consumer = give('API Consumer', scene.product);
    await consumer;
    expect(await actions(ada, scene.product)).toEqual(all(true));
    expect((await request()).status).toBe(201);
    const event = (await server.services.store.readStream(`application-${applicationId}`)).at(-1)!;
    const basis = JSON.parse(event.metadata['basis']!) as Record<string, string>;
    const { revision } = await server.services.cache.load('team', team);
    expect(basis[`team:${team}`]).toBe(`team-${team}@${revision}`);
    await take(consumer);
  });

  it('losing the role ends no registration: the gateway still lets the call through', async () => {
    const { adasApp: application_id, version } = scene;
    await send('ApproveApp', { application_id });
    const key = String(
      ((await send('GenerateCredential', { application_id })) as unknown as { credential: string }).credential,
    );
    const check = () => fetch(`${server.url}/gateway/check/${version}`, { headers: { 'x-api-key': key } });
    expect((await check()).status).toBe(200);
    await send('RemoveDeveloperFromTeam', { developer_id: scene.ada, team_id: team });
    expect(await actions(ada, scene.product)).toEqual(all(false));
    expect((await check()).status).toBe(200);
    const mine = await ada('GET', `/applications/${application_id}/registrations`);
    expect(mine.body.data.map(({ status: now }) => now)).toEqual(['approved']);
    await send('AddDeveloperToTeam', { developer_id: scene.ada, team_id: team });
  });

  it('a role for all products opens what is listed, and no more', async () => {
    const everything = give('API Consumer', '*');
    await everything;
    expect(names(await ada('GET', '/products'))).toEqual(['Roles API', 'Secret API']);
    expect(await actions(ada, hidden)).toEqual(all(true));
    const { id: unlisted } = await send('CreateProduct', { name: 'Unlisted' });
    expect(await actions(ada, unlisted)).toEqual(all(false));
    await take(everything);
    expect(names(await ada('GET', '/products'))).toEqual(['Roles API']);
  });

  it('a deleted team opens nothing any more', async () => {
    const { id } = await send('CreateTeam', { portal_id: scene.portal, name: 'Short-lived' });
    await send('AddDeveloperToTeam', { developer_id: scene.bob, team_id: id });
    await give('API Viewer', hidden, id);
    expect(names(await bob('GET', '/products'))).toEqual(['Secret API']);
    await send('DeleteTeam', { team_id: id });
    expect(names(await bob('GET', '/products'))).toEqual([]);
    expect(await status(bob('GET', `/products/${hidden}`))).toBe(404);
  });

  it('a public portal shows everything to everybody', async () => {
    await send('ChangePortalSettings', { portal_id: scene.portal, is_public: true });
    const { body } = await call('GET', '/api/v2/products', { token: null });
    expect(body.data.map(({ name }) => name)).toEqual(['Roles API', 'Secret API']);
    await send('ChangePortalSettings', { portal_id: scene.portal, is_public: false });
    expect(names(await ada('GET', '/products'))).toEqual(['Roles API']);
  });
});
