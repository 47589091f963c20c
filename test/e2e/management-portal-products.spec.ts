import { randomUUID } from 'node:crypto';
import { checkedClient, type Answer, type Call } from '../support/checked-client.js';
import { commandsOf, type Send } from '../support/commands.js';
import { portalScene, type PortalScene } from '../support/portal-scene.js';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
let call: Call;
let send: Send;
let scene: PortalScene;
let base: string;

beforeAll(async () => {
  server = await startTestServer();
  call = checkedClient(server);
  send = commandsOf(server);
  scene = await portalScene(send);
  base = `/v2/portals/${scene.portal}`;
});
afterAll(() => server.stop());

const faults = ({ status, body }: Answer) => [status, body.invalid_parameters?.map(({ field }) => field)];
const product = async (name: string, description?: string) =>
  (await send('CreateProduct', { name, ...(description === undefined ? {} : { description }) })).id;

describe('publishing products', () => {
  it('refuses If-Match: there is no one revision that it could mean', async () => {
    const { id } = await send('CreateProduct', { name: 'Conditional' });
    const body = { api_products: { [id]: { publish_status: 'published' } } };
    const answer = await call('POST', `${base}/publish`, { body, headers: { 'if-match': '"0"' } });
    expect(answer).toMatchObject({ status: 400, body: { invalid_parameters: [{ field: 'If-Match' }] } });
  });

  const publish = (api_products: unknown) => call('POST', `${base}/publish`, { body: { api_products } });
  const names = async (query = '') =>
    (await call('GET', `${base}/products?${query}`)).body.data.map(({ name }) => name);

  it('puts several on the portal, and takes others off', async () => {
    const [zeta, alpha] = [await product('Zeta', 'Last'), await product('alpha', 'First')];
    const first = await publish({
      [zeta]: { publish_status: 'published' },
      [alpha]: { publish_status: 'published' },
      [scene.product]: { publish_status: 'unpublished' },
    });
    expect(first.status).toBe(204);
    expect(await names()).toEqual(['alpha', 'Zeta']);
    expect((await publish({ [zeta]: null, [scene.product]: { publish_status: 'published' } })).status).toBe(204);
    expect(await names()).toEqual(['alpha', 'Scene API']);
    expect((await call('GET', base)).body).toMatchObject({ published_product_count: 2, application_count: 2 });
    expect((await publish({})).status).toBe(204);
  });

  it('lists them with what only administrators see', async () => {
    const { body } = await call('GET', `${base}/products?filter[id]=${scene.product}`);
    expect(body.data).toMatchObject([
      { id: scene.product, portal_ids: [scene.portal], version_count: 2, labels: { a: 'b' }, description: null },
    ]);
  });

  it.each([
    ['filter[name][contains]=ALP', ['alpha']],
    ['filter[name][neq]=alpha', ['Scene API']],
    ['filter[description][contains]=first', ['alpha']],
    ['sort=name%20desc', ['Scene API', 'alpha']],
    ['sort=created_at', ['Scene API', 'alpha']],
    ['sort=description%20desc', ['alpha', 'Scene API']],
    ['page[size]=1&page[number]=2', ['Scene API']],
  ])('lists by %s', async (query, expected) => {
    expect(await names(query)).toEqual(expected);
  });

  it('changes nothing if one of them cannot be', async () => {
    const added = await product('Never');
    const unknown = randomUUID();
    const answer = await publish({
      [added]: { publish_status: 'published' },
      [unknown]: { publish_status: 'published' },
    });
    expect(faults(answer)).toEqual([400, [`api_products.${unknown}`]]);
    expect(await names('filter[name]=Never')).toEqual([]);
    expect(faults(await publish({ x: null }))).toEqual([400, ['api_products.x']]);
    expect(faults(await publish({ [added]: { publish_status: 'gone' } }))).toEqual([
      400,
      [`api_products.${added}.publish_status`],
    ]);
    expect(faults(await publish({ [added]: { publish_status: 'published', more: 1 } }))).toEqual([
      400,
      [`api_products.${added}.more`],
    ]);
    expect(faults(await publish(7))).toEqual([400, ['api_products']]);
    expect(faults(await call('POST', `${base}/publish`, { body: {} }))).toEqual([400, ['api_products']]);
  });

  it('is a 404 for a portal that is not there', async () => {
    const path = `/v2/portals/${randomUUID()}`;
    expect((await call('POST', `${path}/publish`, { body: { api_products: {} } })).status).toBe(404);
    expect((await call('GET', `${path}/products`)).status).toBe(404);
    expect((await call('GET', `${path}/product-versions`)).status).toBe(404);
  });
});

describe('a product version on a portal', () => {
  let version: string;
  let path: string;
  const settings = () => ({
    publish_status: 'published',
    auth_strategy_ids: [scene.keyStrategy],
    application_registration_enabled: true,
    auto_approve_registration: false,
    deprecated: false,
  });

  beforeAll(async () => {
    ({ id: version } = await send('AddProductVersion', { product_id: scene.product, name: 'v3' }));
    path = `${base}/product-versions/${version}`;
  });

  it('is a 404 before it is configured', async () => {
    expect((await call('GET', path)).status).toBe(404);
    expect((await call('PATCH', path, { body: { deprecated: true } })).status).toBe(404);
    expect((await call('PUT', path, { body: settings() })).status).toBe(404);
    expect((await call('DELETE', path)).status).toBe(404);
  });

  it('needs all settings to be configured', async () => {
    const { publish_status: _, ...others } = settings();
    const create = (body: object) => call('POST', `${base}/product-versions`, { body });
    expect(faults(await create({ ...others, product_version_id: version }))).toEqual([400, ['publish_status']]);
    expect(faults(await create(settings()))).toEqual([400, ['product_version_id']]);
    expect(faults(await create({ ...settings(), product_version_id: randomUUID() }))).toEqual([
      400,
      ['product_version_id'],
    ]);
    const strategy = { ...settings(), product_version_id: version, auth_strategy_ids: [randomUUID()] };
    expect(faults(await create(strategy))).toEqual([400, ['auth_strategy_ids']]);
    const none = { ...settings(), product_version_id: version, auth_strategy_ids: [] };
    expect(faults(await create(none))).toEqual([400, ['auth_strategy_ids']]);
  });

  it('is configured, and read back', async () => {
    const body = { ...settings(), product_version_id: version };
    const created = await call('POST', `${base}/product-versions`, { body });
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({
      product_version_id: version,
      publish_status: 'published',
      auth_strategies: [{ id: scene.keyStrategy, name: 'API keys', credential_type: 'key_auth' }],
      application_registration_enabled: true,
      auto_approve_registration: false,
      deprecated: false,
    });
    const read = await call('GET', path);
    expect(read.body).toEqual(created.body);
    expect(read.headers.get('etag')).toBe(created.headers.get('etag'));
    const again = await call('POST', `${base}/product-versions`, { body: { ...body, deprecated: true } });
    expect([again.status, again.body.id, again.body['deprecated']]).toEqual([201, created.body.id, true]);
  });

  it('is changed in part', async () => {
    const seen = (await call('GET', path)).headers.get('etag')!;
    const changed = await call('PATCH', path, {
      body: { publish_status: 'unpublished', notify_developers: false },
      headers: { 'if-match': seen },
    });
    expect([changed.status, changed.body['publish_status'], changed.body['deprecated']]).toEqual([
      200,
      'unpublished',
      true,
    ]);
    const late = await call('PATCH', path, { body: { deprecated: false }, headers: { 'if-match': seen } });
    expect(late.status).toBe(412);
    expect(faults(await call('PATCH', path, { body: { publish_status: 'maybe' } }))).toEqual([400, ['publish_status']]);
    expect(faults(await call('PATCH', path, { body: { product_version_id: version } }))).toEqual([
      400,
      ['product_version_id'],
    ]);
  });

  it('is replaced as a whole', async () => {
    expect(faults(await call('PUT', path, { body: { deprecated: false } }))).toEqual([
      400,
      ['publish_status', 'auth_strategy_ids', 'application_registration_enabled', 'auto_approve_registration'],
    ]);
    const body = { ...settings(), auth_strategy_ids: [scene.oidcStrategy], notify_developers: true };
    const replaced = await call('PUT', path, { body });
    expect(replaced.body).toMatchObject({ publish_status: 'published', auth_strategies: [{ id: scene.oidcStrategy }] });
  });

  it('is removed', async () => {
    expect((await call('DELETE', path)).status).toBe(204);
    expect((await call('GET', path)).status).toBe(404);
    expect((await call('DELETE', path)).status).toBe(404);
  });
});

describe('the list of product versions', () => {
  const listed = async (query: string) => {
    const names: Record<string, string> = { [scene.version]: 'keys', [scene.oidcVersion]: 'tokens' };
    const { body } = await call('GET', `${base}/product-versions?${query}`);
    return body.data.map(({ product_version_id }) => names[String(product_version_id)]);
  };

  it.each([
    ['', ['tokens', 'keys']],
    ['sort=created_at', ['keys', 'tokens']],
    ['sort=auto_approve_registration%20desc', ['tokens', 'keys']],
    ['filter[publish_status]=published', ['tokens', 'keys']],
    ['filter[publish_status][neq]=published', []],
    ['filter[publish_status][oeq]=published,unpublished', ['tokens', 'keys']],
    ['filter[auto_approve_registration]=true', ['tokens']],
    ['filter[deprecated]=true', []],
    ['filter[created_at][lt]=2020-01-01T00:00:00Z', []],
    ['filter[created_at][gte]=2020-01-01', ['tokens', 'keys']],
    ['filter[updated_at][gt]=2020-01-01T00:00:00%2B02:00&filter[deprecated]=false', ['tokens', 'keys']],
  ])('%s', async (query, expected) => {
    expect(await listed(query)).toEqual(expected);
  });

  it('is filtered by version, by strategy and by the exact time', async () => {
    expect(await listed(`filter[product_version_id]=${scene.version}`)).toEqual(['keys']);
    expect(await listed(`filter[auth_strategy_ids]=${scene.oidcStrategy}`)).toEqual(['tokens']);
    expect(await listed(`filter[auth_strategy_ids][neq]=${scene.oidcStrategy}`)).toEqual(['keys']);
    const { body } = await call('GET', `${base}/product-versions/${scene.version}`);
    expect(await listed(`filter[id]=${body.id}&filter[created_at]=${String(body['created_at'])}`)).toEqual(['keys']);
  });

  it.each([
    ['filter[created_at][lt]=yesterday', 'filter[created_at][lt]'],
    ['filter[deprecated]=1', 'filter[deprecated]'],
    ['filter[publish_status]=draft', 'filter[publish_status]'],
    ['sort=name', 'sort'],
  ])('%s is a 400 that names it', async (query, field) => {
    expect(faults(await call('GET', `${base}/product-versions?${query}`))).toEqual([400, [field]]);
  });
});
