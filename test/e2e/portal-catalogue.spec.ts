import { randomUUID } from 'node:crypto';
import { checkedClient, type Answer, type Call } from '../support/checked-client.js';
import { commandsOf, type Send } from '../support/commands.js';
import { approvedDeveloper, signIn } from '../support/developers.js';
import { portalScene, type PortalScene } from '../support/portal-scene.js';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
let call: Call;
let send: Send;
let scene: PortalScene;
let cookie: string;

const SPECIFICATION = JSON.stringify({
  openapi: '3.1.0',
  info: { title: 'Routes', version: '1' },
  paths: { '/routes': { get: { operationId: 'listRoutes', tags: ['routes'], summary: 'All itineraries' } } },
});

beforeAll(async () => {
  server = await startTestServer();
  call = checkedClient(server);
  send = commandsOf(server);
  scene = await portalScene(send, 'Routing');
  const { product, version } = scene;
  await send('EditProduct', {
    product_id: product,
    description: 'Finds the way to Ålesund',
    public_labels: { team: 'maps' },
  });
  await addSpecification(product, version);
  const draft = await send('AddProductVersion', { product_id: product, name: 'v3 draft' });
  await addSpecification(product, draft.id);
  await send('CreateProduct', { name: 'Not listed' });
  cookie = await signIn(server, await approvedDeveloper(server, send, scene.portal, 'reader@example.org'));
});
afterAll(() => server.stop());

async function addSpecification(product_id: string, product_version_id: string): Promise<void> {
  const { blobs, specifications } = server.services;
  const bytes = Buffer.from(SPECIFICATION);
  const parsed = await specifications.parse(bytes, 'routes.json');
  if (!parsed.ok) throw new Error(parsed.problem.message);
  await send('AddSpecification', {
    product_id,
    product_version_id,
    name: 'routes.json',
    content_sha256: await blobs.put(bytes),
    operations_sha256: await blobs.put(Buffer.from(JSON.stringify(parsed.operations))),
    size: bytes.length,
  });
}

const get = (path: string, headers: Record<string, string> = { cookie }): Promise<Answer> =>
  call('GET', `/api/v2${path}`, { headers, token: null });
const file = (path: string) => fetch(`${server.url}/api/v2/portal/${path}`);
const names = ({ body }: Answer) => body.data.map(({ name }) => name);
const total = ({ body }: Answer) => (body['meta'] as { page: { total: number } }).page.total;
const fields = ({ body }: Answer) => body.invalid_parameters!.map(({ field }) => field);

describe('the portal', () => {
  it('says, before anybody signs in, what its client has to know', async () => {
    const { status, body, headers } = await get('/portal', {});
    expect(status).toBe(200);
    expect(body).toMatchObject({
      portal_id: scene.portal,
      name: 'Routing',
      canonical_domain: 'routing.localhost',
      is_public: false,
      basic_auth_enabled: true,
      oidc_auth_enabled: false,
      featureset_id: '',
      allowed_time_period: '90d',
    });
    expect((await get('/portal', {})).body['org_id']).toBe(body['org_id']);
    expect((await get('/portal', { 'if-none-match': headers.get('etag')! })).status).toBe(304);
  });

  it('has an appearance', async () => {
    await send('ChangePortalSettings', { portal_id: scene.portal, description: 'Welcome!' });
    expect((await get('/portal/appearance', {})).body).toMatchObject({
      variables: {
        catalog: {
          logo: { url: '/api/v2/portal/logo' },
          cover: { url: '/api/v2/portal/catalog-cover' },
          primary_header: { text: 'Routing' },
          welcome_message: { text: 'Welcome!' },
        },
      },
    });
  });

  it.each([
    ['logo', 'image/png'],
    ['catalog-cover', 'image/png'],
    ['favicon.ico', 'image/x-icon'],
    ['stylesheet.css', 'text/css'],
    ['stylesheet/font.css', 'text/css'],
  ])('has a %s that pages of other origins may embed', async (path, type) => {
    const answer = await file(path);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain(type);
    expect(answer.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(20);
  });

  it('understands no query', async () => {
    expect(fields(await call('GET', '/api/v2/products?colour=red', { headers: { cookie }, token: null }))).toEqual([
      'colour',
    ]);
  });
});

describe('products', () => {
  it('are those that the portal lists, as developers see them', async () => {
    const answer = await get('/products');
    expect(answer.status).toBe(200);
    expect(total(answer)).toBe(1);
    expect(answer.body.data[0]).toMatchObject({
      id: scene.product,
      name: 'Routing API',
      description: 'Finds the way to Ålesund',
      public_labels: { team: 'maps' },
      document_count: 0,
      version_count: 2,
      latest_version: { id: scene.oidcVersion, name: 'v2' },
    });
    expect(answer.body.data[0]).not.toHaveProperty('labels');
    expect(answer.body['meta']).toEqual({ page: { number: 1, size: 10, total: 1 } });
  });

  it.each([
    ['filter[name]=Routing%20API', 1],
    ['filter[name]=routing%20api', 0],
    ['filter[name][eq]=Routing%20API', 1],
    ['filter[name][contains]=ROUT', 1],
    ['filter[description][contains]=alesund', 1],
    ['filter[description][contains]=oslo', 0],
    ['filter[description][eq]=Finds%20the%20way%20to%20%C3%85lesund', 1],
    ['page[size]=1&page[number]=2', 0],
  ])('are found by %s', async (query, found) => {
    expect((await get(`/products?${query}`)).body.data).toHaveLength(found);
  });

  it('are found by id, and say which parameters are wrong', async () => {
    expect(names(await get(`/products?filter[id]=${scene.product}`))).toEqual(['Routing API']);
    expect(names(await get(`/products?filter[id][eq]=${randomUUID()}`))).toEqual([]);
    expect(fields(await get('/products?filter[id]=7&page[size]=101&page[number]=x')).sort()).toEqual([
      'filter[id]',
      'page[number]',
      'page[size]',
    ]);
  });

  it('are read one by one, with an ETag', async () => {
    const answer = await get(`/products/${scene.product}`);
    expect(answer.body).toEqual((await get('/products')).body.data[0]);
    expect(answer.headers.get('etag')).toMatch(/^"\d+\.[\w-]+"$/);
    expect((await get(`/products/${scene.product.toUpperCase()}`)).status).toBe(200);
    expect((await get(`/products/${randomUUID()}`)).status).toBe(404);
    expect((await get('/products/seven')).status).toBe(400);
  });

  it('need a session on a private portal', async () => {
    for (const path of ['/products', `/products/${scene.product}`, '/search/product-catalog'])
      expect((await get(path, {})).status).toBe(401);
  });

  it('say what the developer may do', async () => {
    const allowed = { actions: { view: true, register: true, view_documentation: true } };
    expect((await get(`/products/${scene.product}/actions`)).body).toEqual(allowed);
    expect((await get(`/products/${randomUUID()}/actions`)).status).toBe(404);
    expect((await get(`/products/${scene.product}/actions`, {})).status).toBe(401);
    await send('ChangePortalSettings', { portal_id: scene.portal, rbac_enabled: true });
    // The developer is in no team; what teams open, portal-roles.spec.ts tells.
    const hidden = { actions: { view: false, register: false, view_documentation: false } };
    for (const id of [scene.product, randomUUID()]) {
      expect(await get(`/products/${id}/actions`)).toMatchObject({ status: 200, body: hidden });
    }
    await send('ChangePortalSettings', { portal_id: scene.portal, rbac_enabled: false });
  });
});

describe('versions', () => {
  const path = (rest = '') => `/products/${scene.product}/versions${rest}`;

  it('are the published ones, newest first, with how to ask for access', async () => {
    const answer = await get(path());
    expect(names(answer)).toEqual(['v2', 'v1']);
    expect(answer.body.data[0]).toMatchObject({
      registration_configs: [
        {
          id: scene.oidcStrategy,
          name: 'Tokens',
          credential_type: 'self_managed_client_credentials',
          auth_methods: ['client_credentials'],
          registration_enabled: true,
          registration_auto_approve: true,
        },
      ],
    });
    expect(answer.body.data[1]).toMatchObject({
      registration_configs: [{ id: scene.keyStrategy, credential_type: 'key_auth', registration_auto_approve: false }],
    });
  });

  it('are filtered and paged', async () => {
    expect(names(await get(path('?filter[name]=v1')))).toEqual(['v1']);
    expect(names(await get(path('?filter[name][contains]=V')))).toEqual(['v2', 'v1']);
    const second = await get(path('?page[size]=1&page[number]=2'));
    expect([names(second), total(second)]).toEqual([['v1'], 2]);
    expect(fields(await get(path('?page[size]=0')))).toEqual(['page[size]']);
  });

  it('are read one by one', async () => {
    expect((await get(path(`/${scene.version}`))).body).toMatchObject({
      id: scene.version,
      name: 'v1',
      deprecated: false,
    });
    expect((await get(path(`/${randomUUID()}`))).status).toBe(404);
    expect((await get(path('/v1'))).status).toBe(400);
    expect((await get(path(`/${scene.version}`), {})).status).toBe(401);
    expect((await get(`/products/${randomUUID()}/versions`)).status).toBe(404);
  });

  it('have their specification as it was uploaded, and its operations', async () => {
    const { status, body } = await get(path(`/${scene.version}/spec`));
    expect([status, body]).toEqual([200, { api_type: 'openapi', content: SPECIFICATION }]);
    expect((await get(path(`/${scene.version}/spec/operations`))).body).toEqual({
      api_type: 'openapi',
      operations: [
        {
          path: '/routes',
          method: 'get',
          operation_id: 'listRoutes',
          tags: ['routes'],
          summary: 'All itineraries',
          deprecated: false,
        },
      ],
    });
  });

  it('have no operations where an event names content that is no list of them', async () => {
    const { product: product_id } = scene;
    const { id: product_version_id } = await send('AddProductVersion', { product_id, name: 'v4' });
    const sha256 = await server.services.blobs.put(Buffer.from('# No list'));
    await send('AddSpecification', {
      product_id,
      product_version_id,
      name: 'a.json',
      content_sha256: sha256,
      operations_sha256: sha256,
      size: 9,
    });
    await send('PublishProductVersion', { product_id, product_version_id, portal_id: scene.portal });
    const { status, body } = await get(path(`/${product_version_id}/spec/operations`));
    expect([status, body]).toEqual([200, { api_type: 'openapi', operations: [] }]);
    await send('RemoveProductVersion', { product_id, product_version_id });
  });

  it.each(['spec', 'spec/operations'])('cost no content for a %s that the client has', async (what) => {
    const first = await get(path(`/${scene.version}/${what}`));
    const headers = { cookie, 'if-none-match': first.headers.get('etag')! };
    expect((await get(path(`/${scene.version}/${what}`), headers)).status).toBe(304);
    expect((await get(path(`/${scene.version}/${what}`), { cookie, 'if-none-match': '"other"' })).status).toBe(200);
  });

  it.each(['spec', 'spec/operations'])('answer 204 without a specification, 404 unless published: %s', async (what) => {
    expect((await get(path(`/${scene.oidcVersion}/${what}`))).status).toBe(204);
    const state = (await server.services.reads.get('products', scene.product)) as unknown as {
      versions: { id: string; name: string }[];
    };
    const draft = state.versions.find(({ name }) => name === 'v3 draft')!;
    expect((await get(path(`/${draft.id}/${what}`))).status).toBe(404);
    expect((await get(path(`/${draft.id}/${what}`), {})).status).toBe(401);
    expect((await get(path(`/x/${what}`))).status).toBe(400);
  });
});

describe('search', () => {
  const search = (query: string) => get(`/search/product-catalog?${query}`);

  it.each(['q=', 'q=rout', 'q=maps', 'q=alesund', 'q=itinerar%20routing', 'q=listRoutes', 'join=versions'])(
    'finds the product by %s',
    async (query) => {
      const { status, body } = await search(query);
      expect(status).toBe(200);
      expect(body.data).toMatchObject([
        { index: 'product-catalog', source: { id: scene.product, version_count: 2, document_count: 0 } },
      ]);
    },
  );

  it.each(['q=listed', 'q=routing%20oslo', 'q=%25'])('finds nothing by %s', async (query) => {
    expect(total(await search(query))).toBe(0);
  });

  it('pages as the catalogue page asks', async () => {
    const answer = await search('q=&join=versions,versions.documents&page[size]=12&page[number]=1');
    expect(answer.body['meta']).toEqual({ page: { number: 1, size: 12, total: 1 } });
  });

  it('says what is wrong', async () => {
    expect(fields(await get('/search/everything'))).toEqual(['indices']);
    expect(fields(await search('join=everything'))).toEqual(['join']);
    expect(fields(await search(`q=${'x'.repeat(257)}`))).toEqual(['q']);
    expect(fields(await search('page[number]=0'))).toEqual(['page[number]']);
  });
});

describe('a public portal', () => {
  it('shows its catalogue to anybody, and asks nobody to register', async () => {
    await send('ChangePortalSettings', { portal_id: scene.portal, is_public: true });
    expect(names(await get('/products', {}))).toEqual(['Routing API']);
    expect((await get(`/products/${scene.product}/versions/${scene.version}/spec`, {})).status).toBe(200);
    const version = await get(`/products/${scene.product}/versions/${scene.version}`, {});
    expect(version.body).toMatchObject({ registration_configs: [{ registration_enabled: false }] });
    expect((await get('/search/product-catalog?q=routing', {})).body.data).toHaveLength(1);
    expect((await get(`/products/${scene.product}/actions`, {})).status).toBe(404);
    await send('ChangePortalSettings', { portal_id: scene.portal, is_public: false });
  });
});

it('no longer shows a product that was taken off the portal', async () => {
  await send('EditProduct', { product_id: scene.product, portal_ids: [] });
  expect(names(await get('/products'))).toEqual([]);
  const paths = [
    '',
    '/versions',
    `/versions/${scene.version}`,
    `/versions/${scene.version}/spec`,
    '/documents',
    '/actions',
  ];
  for (const path of paths) expect((await get(`/products/${scene.product}${path}`)).status).toBe(404);
});
