import { randomUUID } from 'node:crypto';
import { checkedClient, type Answer, type Call } from '../support/checked-client.js';
import { commandsOf, type Send } from '../support/commands.js';
import { portalClient, refusalOf, type PortalCall } from '../support/portal-client.js';
import { portalScene, type PortalScene } from '../support/portal-scene.js';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
let call: Call;
let send: Send;
let scene: PortalScene;
let ada: PortalCall;
let bob: PortalCall;

beforeAll(async () => {
  server = await startTestServer();
  call = checkedClient(server);
  send = commandsOf(server);
  scene = await portalScene(send);
  ada = await portalClient(server, call, scene.ada, scene.portal);
  bob = await portalClient(server, call, scene.bob, scene.portal);
});
afterAll(() => server.stop());

const names = ({ body }: Answer) => body.data.map(({ name }) => name);
const eventsOf = async (id: string) =>
  (await server.services.store.readStream(`application-${id}`)).map(({ type }) => type);
const keyStrategy = () => ({
  id: scene.keyStrategy,
  name: 'API keys',
  credential_type: 'key_auth',
  key_names: ['x-api-key'],
  ttl: { value: 1, unit: 'years' },
  supports_multiple_credentials: true,
});
const tokenStrategy = () => ({
  id: scene.oidcStrategy,
  name: 'Tokens',
  credential_type: 'self_managed_client_credentials',
  auth_methods: ['client_credentials'],
  supports_multiple_credentials: false,
});

describe('creating an application', () => {
  it('answers what a read then answers, and makes a reference id', async () => {
    const created = await ada('POST', '/applications', { name: ' Loom ', auth_strategy_id: scene.keyStrategy });
    expect(created).toMatchObject({
      status: 201,
      body: { name: 'Loom', description: null, redirect_uri: null, auth_strategy: keyStrategy() },
    });
    expect(created.body['reference_id']).toMatch(/^[0-9a-f-]{36}$/);
    const read = await ada('GET', `/applications/${created.body.id}`);
    expect(read.body).toEqual(created.body);
    expect(read.headers.get('etag')).toBe(created.headers.get('etag'));
  });

  it('keeps scopes and redirect URI with an identity provider', async () => {
    const given = {
      name: 'Tokens',
      description: 'Calls with tokens',
      reference_id: 'client-7',
      redirect_uri: 'https://example.org/callback',
      scopes: ['read'],
    };
    const { status, body } = await bob('POST', '/applications', { ...given, auth_strategy_id: scene.oidcStrategy });
    expect({ status, body }).toMatchObject({ status: 201, body: { ...given, auth_strategy: tokenStrategy() } });
  });

  it('uses the default strategy of the portal, and says what to do where there is none', async () => {
    const none = await ada('POST', '/applications', { name: 'By default', auth_strategy_id: null });
    expect(refusalOf(none)).toEqual({ status: 400, code: 'auth_strategy_required', fields: ['auth_strategy_id'] });
    await send('ChangePortalSettings', {
      portal_id: scene.portal,
      default_application_auth_strategy_id: scene.oidcStrategy,
    });
    const made = await ada('POST', '/applications', { name: 'By default', auth_strategy_id: null });
    expect(made.body['auth_strategy']).toEqual(tokenStrategy());
  });

  it('is 409 for a name or reference id that is taken, naming the field', async () => {
    const strategy = { auth_strategy_id: scene.keyStrategy };
    const name = await ada('POST', '/applications', { name: 'ENGINE', ...strategy });
    expect(name).toMatchObject({ status: 409, body: { code: 'application_name_taken', field: 'name' } });
    const reference = await ada('POST', '/applications', { name: 'New', reference_id: 'client-7', ...strategy });
    expect(reference).toMatchObject({ status: 409, body: { code: 'reference_id_taken', field: 'reference_id' } });
    expect(JSON.stringify(reference.body)).not.toContain(scene.bob);
  });

  it.each<[string, object, string[]]>([
    ['no name', {}, ['name']],
    ['a long name', { name: 'x'.repeat(256) }, ['name']],
    ['a redirect that runs', { name: 'x', redirect_uri: 'javascript:alert(1)' }, ['redirect_uri']],
    ["somebody else's developer id", { name: 'x', developer_id: randomUUID() }, ['developer_id']],
    ['an array', [], ['body']],
  ])('is 400 for %s', async (_, body, fields) => {
    const answer = await ada('POST', '/applications', body);
    expect(refusalOf(answer)).toEqual({ status: 400, code: 'invalid_parameters', fields });
  });

  it('is 404 for a strategy that is not there, and 401 without a session', async () => {
    const body = { name: 'x', auth_strategy_id: randomUUID() };
    expect(refusalOf(await ada('POST', '/applications', body))).toEqual({
      status: 404,
      code: 'auth_strategy_not_found',
    });
    expect((await call('POST', '/api/v2/applications', { body, token: null })).status).toBe(401);
    expect((await call('POST', '/api/v2/applications', { body })).status).toBe(401);
  });
});

describe('a list of applications', () => {
  it("holds the developer's own, newest first, in pages", async () => {
    const { body } = await ada('GET', '/applications');
    expect(body.data.map(({ name }) => name)).toEqual(['By default', 'Loom', 'Engine']);
    expect(body['meta']).toEqual({ page: { number: 1, size: 10, total: 3 } });
    const second = await ada('GET', '/applications?page%5Bsize%5D=2&page%5Bnumber%5D=2');
    expect([names(second), second.body['meta']]).toEqual([['Engine'], { page: { number: 2, size: 2, total: 3 } }]);
    const loom = body.data[1]!;
    expect((await ada('GET', `/applications/${String(loom['id'])}`)).body).toEqual(loom);
  });

  it.each<[string, () => string, string[]]>([
    ['a part of the name', () => 'filter[name][contains]=GIN', ['Engine']],
    ['the name', () => 'filter[name]=Loom', ['Loom']],
    ['the name, spelt out', () => 'filter[name][eq]=loom', []],
    ['the strategy', () => `filter[auth_strategy_id]=${scene.oidcStrategy}`, ['By default']],
    [
      'both',
      () => `filter[auth_strategy_id][eq]=${scene.keyStrategy.toUpperCase()}&filter[name][contains]=o`,
      ['Loom'],
    ],
  ])('can be filtered by %s', async (_, filter, found) => {
    expect(names(await ada('GET', `/applications?${filter()}`))).toEqual(found);
  });

  it.each([
    ['page[size]=101', 'page[size]'],
    ['page[number]=0', 'page[number]'],
    ['filter[auth_strategy_id]=x', 'filter[auth_strategy_id]'],
    ['filter[reference_id]=x', 'filter[reference_id]'],
    ['sort=name', 'sort'],
  ])('is 400 for %s', async (parameters, field) => {
    expect(refusalOf(await ada('GET', `/applications?${parameters}`))).toMatchObject({ status: 400, fields: [field] });
  });
});

describe('the auth strategies of the portal', () => {
  it('are those of published versions and the default', async () => {
    const unused = await send('CreateAuthStrategy', {
      name: 'Elsewhere',
      display_name: 'Elsewhere',
      strategy_type: 'key_auth',
      configs: { 'key-auth': { key_names: ['apikey'] } },
    });
    const { body } = await ada('GET', '/applications/auth-strategies?page[size]=100');
    expect(body.data).toEqual([keyStrategy(), tokenStrategy()]);
    await send('ChangePortalSettings', { portal_id: scene.portal, default_application_auth_strategy_id: unused.id });
    expect(names(await ada('GET', '/applications/auth-strategies'))).toEqual(['API keys', 'Elsewhere', 'Tokens']);
    const { product, oidcVersion, portal } = scene;
    const publication = { product_id: product, product_version_id: oidcVersion, portal_id: portal };
    await send('UnpublishProductVersion', publication);
    expect(names(await ada('GET', '/applications/auth-strategies'))).toEqual(['API keys', 'Elsewhere']);
    await send('PublishProductVersion', publication);
  });

  it.each([
    ['filter[name][contains]=KEY', ['API keys']],
    ['filter[name]=Tokens', ['Tokens']],
    ['filter[credential_type][eq]=self_managed_client_credentials', ['Tokens']],
    ['filter[credential_type][eq]=client_credentials', []],
    ['page[size]=1&page[number]=2', ['Elsewhere']],
  ])('are filtered and paged: %s', async (parameters, found) => {
    expect(names(await ada('GET', `/applications/auth-strategies?${parameters}`))).toEqual(found);
  });

  it('are 400 for an unknown type of credential', async () => {
    const answer = await ada('GET', '/applications/auth-strategies?filter[credential_type][eq]=magic');
    expect(refusalOf(answer)).toMatchObject({ status: 400, fields: ['filter[credential_type][eq]'] });
  });
});

describe('editing an application', () => {
  it('changes what is given, and nothing for what it has already', async () => {
    const path = `/applications/${scene.bobsApp}`;
    const { body: before } = await bob('GET', path);
    const { status, body } = await bob('PATCH', path, { description: 'Stores', scopes: ['write'] });
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { name: 'Battery', description: 'Stores', scopes: ['write'], reference_id: before['reference_id'] },
    });
    expect((await bob('GET', path)).body).toEqual(body);
    const events = await eventsOf(scene.bobsApp);
    const same = await bob('PATCH', path, { reference_id: before['reference_id'], name: 'Battery' });
    expect([same.status, same.body]).toEqual([200, body]);
    expect(await eventsOf(scene.bobsApp)).toEqual(events);
  });

  it('honours If-Match', async () => {
    const path = `/applications/${scene.adasApp}`;
    const etag = (await ada('GET', path)).headers.get('etag')!;
    const first = await ada('PATCH', path, { description: 'One' }, { 'if-match': etag });
    expect([first.status, first.body['description']]).toEqual([200, 'One']);
    const second = await ada('PATCH', path, { description: 'Two' }, { 'if-match': etag });
    expect(second.status).toBe(412);
    expect((await ada('DELETE', path, undefined, { 'if-match': etag })).status).toBe(412);
    const read = await ada('GET', path, undefined, { 'if-none-match': first.headers.get('etag')! });
    expect(read.status).toBe(304);
  });

  it('is 409 for a taken name and 400 for the strategy, which is fixed', async () => {
    const path = `/applications/${scene.adasApp}`;
    expect((await ada('PATCH', path, { name: 'loom' })).body.code).toBe('application_name_taken');
    const strategy = await ada('PATCH', path, { auth_strategy_id: scene.oidcStrategy });
    expect(refusalOf(strategy)).toMatchObject({ status: 400, fields: ['auth_strategy_id'] });
    const scopes = await ada('PATCH', path, { scopes: ['read'] });
    expect(refusalOf(scopes)).toMatchObject({ status: 400, code: 'scopes_not_available', fields: ['scopes'] });
  });
});

describe('deleting an application', () => {
  it('answers 204 once, again for the same Idempotency-Key, and 404 otherwise', async () => {
    const { body } = await ada('POST', '/applications', { name: 'Brief', auth_strategy_id: scene.keyStrategy });
    const path = `/applications/${body.id}`;
    const key = { 'idempotency-key': randomUUID() };
    expect((await ada('DELETE', path, undefined, key)).status).toBe(204);
    expect((await ada('GET', path)).status).toBe(404);
    expect(names(await ada('GET', '/applications'))).not.toContain('Brief');
    const again = await ada('DELETE', path, undefined, key);
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([204, 'true']);
    expect((await ada('DELETE', path)).status).toBe(404);
    expect(await eventsOf(body.id)).toEqual(['application.created.v1', 'application.deleted.v1']);
  });
});
