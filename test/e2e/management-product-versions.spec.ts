import { randomUUID } from 'node:crypto';
import { checkedClient, type Answer, type Call } from '../support/checked-client.js';
import { commandsOf, type Send } from '../support/commands.js';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
let call: Call;
let send: Send;
let portal: string;
let other: string;

beforeAll(async () => {
  server = await startTestServer();
  call = checkedClient(server);
  send = commandsOf(server);
  portal = (await send('CreatePortal', { name: 'Acme' })).id;
  other = (await send('CreatePortal', { name: 'Other' })).id;
});
afterAll(() => server.stop());

const ALL = '/v2/api-products';
const faults = ({ status, body }: Answer) => [status, body.invalid_parameters?.map(({ field }) => field)];
const refused = ({ status, body }: Answer) => [status, body.code];
const create = async (body: object) => (await call('POST', ALL, { body })).body.id;

describe('a version', () => {
  let product: string;
  let versions: string;
  let strategy: string;

  beforeAll(async () => {
    strategy = (
      await send('CreateAuthStrategy', {
        name: 'keys',
        display_name: 'API keys',
        strategy_type: 'key_auth',
        configs: { 'key-auth': {} },
      })
    ).id;
    await send('ChangePortalSettings', { portal_id: portal, default_application_auth_strategy_id: strategy });
    product = await create({ name: 'Versioned', portal_ids: [portal, other] });
    versions = `${ALL}/${product}/product-versions`;
  });

  it('is added, and read back', async () => {
    const created = await call('POST', versions, { body: { name: 'v1', labels: { a: 'b' } } });
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({
      name: 'v1',
      gateway_service: null,
      publish_status: 'unpublished',
      deprecated: false,
      labels: { a: 'b' },
      portals: [],
    });
    const read = await call('GET', `${versions}/${created.body.id}`);
    expect([read.body, read.headers.get('etag')]).toEqual([created.body, created.headers.get('etag')]);
    expect((await call('GET', `${ALL}/${product}`)).body['version_count']).toBe(1);
  });

  it('is published, deprecated and unpublished everywhere by the deprecated fields', async () => {
    const { body } = await call('POST', versions, { body: { name: 'v2', publish_status: 'published' } });
    const publication = { publish_status: 'published', deprecated: false, application_registration_enabled: false };
    expect(body).toMatchObject({
      publish_status: 'published',
      portals: [
        { portal_id: portal, portal_name: 'Acme', ...publication, auth_strategies: [{ id: strategy, name: 'keys' }] },
        { portal_id: other, portal_name: 'Other', ...publication, auth_strategies: [] },
      ],
    });
    const path = `${versions}/${body.id}`;
    const deprecated = await call('PATCH', path, { body: { deprecated: true, notify: true } });
    expect(deprecated.body).toMatchObject({ deprecated: true, portals: [{ deprecated: true }, { deprecated: true }] });
    const one = await call('PATCH', `/v2/portals/${portal}/product-versions/${body.id}`, {
      body: { deprecated: false, publish_status: 'unpublished' },
    });
    expect(one.status).toBe(200);
    expect((await call('GET', path)).body).toMatchObject({ deprecated: true, publish_status: 'published' });
    const hidden = await call('PATCH', path, { body: { publish_status: 'unpublished', deprecated: false } });
    expect(hidden.body).toMatchObject({
      publish_status: 'unpublished',
      deprecated: false,
      portals: [{ publish_status: 'unpublished' }, { publish_status: 'unpublished' }],
    });
  });

  it('is linked to a gateway service, by either name of its control plane', async () => {
    const [id, plane] = [randomUUID(), randomUUID()];
    const link = { id, control_plane_id: plane, runtime_group_id: plane };
    const { body } = await call('POST', versions, {
      body: { name: 'linked', gateway_service: { id, runtime_group_id: plane } },
    });
    expect(body['gateway_service']).toEqual(link);
    const path = `${versions}/${body.id}`;
    expect((await call('PATCH', path, { body: { gateway_service: link } })).body).toEqual(body);
    const taken = { name: 'second', gateway_service: { id, control_plane_id: plane } };
    expect(refused(await call('POST', versions, { body: taken }))).toEqual([409, 'gateway_service_taken']);
    const elsewhere = `${ALL}/${await create({ name: 'Elsewhere' })}/product-versions`;
    expect(refused(await call('POST', elsewhere, { body: taken }))).toEqual([409, 'gateway_service_taken']);
    expect((await call('PATCH', path, { body: { gateway_service: null } })).body['gateway_service']).toBeNull();
    expect((await call('POST', elsewhere, { body: taken })).status).toBe(201);
    const back = { gateway_service: { id, control_plane_id: plane } };
    expect(refused(await call('PATCH', path, { body: back }))).toEqual([409, 'gateway_service_taken']);
  });

  const uuid = '9f5061ce-78f6-4452-9108-ad7c02821fd5';
  const plane = 'gateway_service.control_plane_id';
  it.each([
    [{}, ['name']],
    [{ name: '' }, ['name']],
    [{ name: 'v', publish_status: 'draft' }, ['publish_status']],
    [{ name: 'v', deprecated: 'no' }, ['deprecated']],
    [{ name: 'v', notify: true }, ['notify']],
    [{ name: 'v', gateway_service: { id: uuid } }, [plane]],
    [{ name: 'v', gateway_service: { control_plane_id: uuid } }, ['gateway_service.id']],
    [
      { name: 'v', gateway_service: { id: uuid, control_plane_id: uuid, runtime_group_id: uuid.replace('9', '8') } },
      [plane],
    ],
    [{ name: 'v', gateway_service: { id: uuid, control_plane_id: 'cp' } }, [plane]],
    [{ name: 'v', gateway_service: { id: uuid, plane: uuid } }, ['gateway_service.plane']],
  ])('says what is wrong with %j', async (body, fields) => {
    expect(faults(await call('POST', versions, { body }))).toEqual([400, fields]);
  });

  it('is changed in part, at the revision that was seen, and removed', async () => {
    const created = await call('POST', versions, { body: { name: 'v3', labels: { a: '1' } } });
    const path = `${versions}/${created.body.id}`;
    const headers = { 'if-match': created.headers.get('etag')! };
    const changed = await call('PATCH', path, { body: { name: 'v3.1', labels: { a: null, b: '2' } }, headers });
    expect(changed.body).toMatchObject({ name: 'v3.1', labels: { b: '2' } });
    expect((await call('DELETE', path, { headers })).status).toBe(412);
    expect((await call('DELETE', path)).status).toBe(204);
    for (const method of ['GET', 'DELETE'] as const) expect((await call(method, path)).status).toBe(404);
    expect((await call('PATCH', path, { body: { name: 'X' } })).status).toBe(404);
  });

  it('belongs to one product', async () => {
    const created = await call('POST', versions, { body: { name: 'mine' } });
    const foreign = `${ALL}/${await create({ name: 'Foreign' })}/product-versions`;
    expect((await call('GET', `${foreign}/${created.body.id}`)).status).toBe(404);
    expect((await call('DELETE', `${foreign}/${created.body.id}`)).status).toBe(404);
    const nowhere = `${ALL}/${randomUUID()}/product-versions`;
    expect((await call('GET', nowhere)).status).toBe(404);
    expect((await call('POST', nowhere, { body: { name: 'v1' } })).status).toBe(404);
  });
});

describe('the list of versions', () => {
  const service = randomUUID();
  let versions: string;

  beforeAll(async () => {
    versions = `${ALL}/${await create({ name: 'Many', portal_ids: [portal] })}/product-versions`;
    const bodies = [
      { name: 'v1' },
      { name: 'V2', publish_status: 'published' },
      { name: 'beta', gateway_service: { id: service, control_plane_id: randomUUID() } },
    ];
    for (const body of bodies) await call('POST', versions, { body });
  });

  it.each([
    ['', ['beta', 'V2', 'v1']],
    ['sort=name', ['beta', 'v1', 'V2']],
    ['sort=name%20desc&page[size]=1&page[number]=2', ['v1']],
    ['filter[name]=v1', ['v1']],
    ['filter[name][contains]=V', ['V2', 'v1']],
    ['filter[publish_status]=published', ['V2']],
    ['filter[publish_status][neq]=published', ['beta', 'v1']],
    ['filter[publish_status][oeq]=published,unpublished', ['beta', 'V2', 'v1']],
    [`filter[gateway_service_id]=${service}`, ['beta']],
    [`filter[gateway_service_id][neq]=${service}`, ['V2', 'v1']],
  ])('%s', async (query, expected) => {
    const { body } = await call('GET', `${versions}?${query}`);
    expect(body.data.map(({ name }) => name)).toEqual(expected);
  });

  it.each([
    ['sort=created_at', 'sort'],
    ['filter[publish_status]=draft', 'filter[publish_status]'],
    ['filter[gateway_service_id]=x', 'filter[gateway_service_id]'],
    ['filter[deprecated]=true', 'filter[deprecated]'],
  ])('%s is a 400 that names it', async (query, field) => {
    expect(faults(await call('GET', `${versions}?${query}`))).toEqual([400, [field]]);
  });
});
