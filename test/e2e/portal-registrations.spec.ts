import { randomUUID } from 'node:crypto';
import { checkedClient, type Answer } from '../support/checked-client.js';
import { commandsOf, type Send } from '../support/commands.js';
import { portalClient, refusalOf, type PortalCall } from '../support/portal-client.js';
import { portalScene, type PortalScene } from '../support/portal-scene.js';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
let send: Send;
let scene: PortalScene;
let ada: PortalCall;
let bob: PortalCall;
/** A second application of Ada's, for nothing yet. */
let loom: string;
/** A second version with API keys. */
let second: string;

const of = (application: string) => `/applications/${application}/registrations`;
const ask = (application: string, product_version_id: string, scopes?: string[]) =>
  ada('POST', of(application), { product_version_id, ...(scopes ? { scopes } : {}) });

beforeAll(async () => {
  server = await startTestServer();
  send = commandsOf(server);
  scene = await portalScene(send);
  const call = checkedClient(server);
  ada = await portalClient(server, call, scene.ada, scene.portal);
  bob = await portalClient(server, call, scene.bob, scene.portal);
  loom = (await ada('POST', '/applications', { name: 'Loom', auth_strategy_id: scene.keyStrategy })).body.id;
  second = (await send('AddProductVersion', { product_id: scene.product, name: 'Zweite' })).id;
});
afterAll(() => server.stop());

const publication = (version: string) => ({
  product_id: scene.product,
  product_version_id: version,
  portal_id: scene.portal,
});
const names = ({ body }: Answer) => body.data.map(({ name }) => name);

describe('requesting access', () => {
  it('waits for a decision, and answers what a read then answers', async () => {
    const { status, body, headers } = await ask(loom, scene.version);
    expect({ status, body }).toMatchObject({
      status: 201,
      body: {
        status: 'pending',
        application_id: loom,
        product_id: scene.product,
        product_name: 'Scene API',
        product_version_id: scene.version,
        product_version_name: 'v1',
      },
    });
    const read = await ada('GET', `${of(loom)}/${body.id}`);
    expect(read.body).toEqual(body);
    expect(read.headers.get('etag')).toBe(headers.get('etag'));
    const list = await ada('GET', of(loom));
    expect(list.body).toEqual({ data: [body], meta: { page: { number: 1, size: 10, total: 1 } } });
  });

  it('is 404 for a version that is not published here', async () => {
    const refused = { status: 404, code: 'product_version_not_found' };
    expect(refusalOf(await ask(loom, second))).toEqual(refused);
    expect(refusalOf(await ask(loom, randomUUID()))).toEqual(refused);
  });

  it('is 409 where registration is closed, the strategy differs, or there is a registration', async () => {
    await send('PublishProductVersion', {
      ...publication(second),
      auth_strategy_ids: [scene.keyStrategy],
      application_registration_enabled: false,
    });
    expect(refusalOf(await ask(loom, second))).toEqual({ status: 409, code: 'registration_not_enabled' });
    expect(refusalOf(await ask(loom, scene.oidcVersion))).toEqual({ status: 409, code: 'auth_strategy_differs' });
    expect(refusalOf(await ask(loom, scene.version))).toEqual({ status: 409, code: 'registration_exists' });
  });

  it('is approved at once where the version says so', async () => {
    await send('ChangePublication', {
      ...publication(second),
      application_registration_enabled: true,
      auto_approve_registration: true,
    });
    expect((await ask(loom, second)).body['status']).toBe('approved');
  });

  it('is 400 for what it cannot read and for scopes that the strategy has not', async () => {
    const fields = async (body: object) => refusalOf(await ada('POST', of(loom), body)).fields;
    expect(await fields({})).toEqual(['product_version_id']);
    expect(await fields({ product_version_id: 'v1' })).toEqual(['product_version_id']);
    expect(await fields({ product_version_id: second, status: 'approved' })).toEqual(['status']);
    await ada('DELETE', `${of(loom)}/${(await registrationFor(second))!}`);
    expect(refusalOf(await ask(loom, second, ['admin']))).toEqual({
      status: 400,
      code: 'scopes_not_available',
      fields: ['scopes'],
    });
    expect((await ask(loom, second)).status).toBe(201);
  });

  it('answers a repeat with the same Idempotency-Key as before', async () => {
    const registration = (await registrationFor(second))!;
    await ada('DELETE', `${of(loom)}/${registration}`);
    const key = { 'idempotency-key': randomUUID() };
    const first = await ada('POST', of(loom), { product_version_id: second }, key);
    const again = await ada('POST', of(loom), { product_version_id: second }, key);
    expect([again.status, again.body]).toEqual([201, first.body]);
  });
});

async function registrationFor(version: string): Promise<unknown> {
  const { body } = await ada('GET', of(loom));
  return body.data.find(({ product_version_id }) => product_version_id === version)?.['id'];
}

describe('a list of registrations', () => {
  it.each<[string, string[]]>([
    ['', ['Zweite', 'v1']],
    ['filter[status]=pending', ['v1']],
    ['filter[status][eq]=approved', ['Zweite']],
    ['filter[product_version_name][contains]=ZWEI', ['Zweite']],
    ['filter[product_version_name]=v1', ['v1']],
    ['filter[product_name][contains]=scene', ['Zweite', 'v1']],
    ['filter[product_name][eq]=scene', []],
    ['page[size]=1&page[number]=2', ['v1']],
  ])('shows the newest first, filtered: %s', async (parameters, found) => {
    const { body } = await ada('GET', `${of(loom)}?${parameters}`);
    expect(body.data.map(({ product_version_name }) => product_version_name)).toEqual(found);
  });

  it('can be filtered by id', async () => {
    const id = await registrationFor(second);
    const { body } = await ada('GET', `${of(loom)}?filter[id]=${String(id)}`);
    expect(body.data.map((one) => one['id'])).toEqual([id]);
  });

  it.each(['filter[status]=gone', 'filter[id]=x', 'filter[application_id]=x'])('is 400 for %s', async (parameters) => {
    const [field] = parameters.split('=');
    expect(refusalOf(await ada('GET', `${of(loom)}?${parameters}`))).toMatchObject({ status: 400, fields: [field] });
  });
});

describe('a registration', () => {
  it('shows the decision on it, and keeps the names of a product that is gone', async () => {
    const path = `${of(scene.adasApp)}/${scene.pending}`;
    await send('RejectApp', { application_id: scene.adasApp, registration_ids: [scene.pending] });
    expect((await ada('GET', path)).body['status']).toBe('rejected');
    const { id: product_id } = await send('CreateProduct', { name: 'Brief', portal_ids: [scene.portal] });
    const { id: product_version_id } = await send('AddProductVersion', { product_id, name: 'v0' });
    await send('PublishProductVersion', {
      product_id,
      product_version_id,
      portal_id: scene.portal,
      auth_strategy_ids: [scene.keyStrategy],
      application_registration_enabled: true,
    });
    const { body } = await ask(loom, product_version_id);
    await send('DeleteProduct', { product_id });
    expect((await ada('GET', `${of(loom)}/${body.id}`)).body).toMatchObject({
      product_name: 'Brief',
      product_version_name: 'v0',
    });
  });

  it('is 404 under another application', async () => {
    const { body } = await ada('GET', `${of(loom)}/${scene.pending}`);
    expect(body.code).toBe('registration_not_found');
    expect((await ada('GET', `${of(scene.bobsApp)}/${scene.approved}`)).status).toBe(404);
  });

  it('can be withdrawn whatever its status, and the version asked for again', async () => {
    const path = `${of(scene.adasApp)}/${scene.pending}`;
    const stale = { 'if-match': '"0"' };
    expect((await ada('DELETE', path, undefined, stale)).status).toBe(412);
    expect((await ada('DELETE', path)).status).toBe(204);
    expect((await ada('GET', path)).status).toBe(404);
    expect((await ada('DELETE', path)).status).toBe(404);
    expect((await ask(scene.adasApp, scene.version)).body['status']).toBe('pending');
  });
});

describe('the applications of a version', () => {
  const path = (parameters = '') =>
    `/products/${scene.product}/versions/${second}/applications${parameters && `?${parameters}`}`;

  it('are those with a registration, with its status', async () => {
    const { body } = await ada('GET', path());
    expect(body).toMatchObject({
      data: [
        {
          id: loom,
          name: 'Loom',
          registration_id: await registrationFor(second),
          registration_status: 'approved',
          auth_strategy: { id: scene.keyStrategy, credential_type: 'key_auth', key_names: ['x-api-key'] },
        },
      ],
      meta: { page: { number: 1, size: 10, total: 1 } },
    });
    expect(body.data[0]!['auth_strategy']).not.toHaveProperty('supports_multiple_credentials');
  });

  it('or those without, to choose from', async () => {
    const { body } = await ada('GET', path('unregistered=true'));
    expect(body.data).toMatchObject([
      { id: scene.adasApp, name: 'Engine', registration_id: null, registration_status: null },
    ]);
    expect(names(await bob('GET', path('unregistered=true')))).toEqual(['Battery']);
    expect(names(await bob('GET', path()))).toEqual([]);
  });

  it.each<[string, string[]]>([
    ['filter[status]=approved', ['Loom']],
    ['filter[status][eq]=pending', []],
    ['filter[name][contains]=OO', ['Loom']],
    ['filter[name]=Engine', []],
    ['unregistered=true&filter[name]=Engine', ['Engine']],
    ['unregistered=false', ['Loom']],
    ['unregistered=', ['Loom']],
    ['page[size]=1&page[number]=2', []],
  ])('can be filtered: %s', async (parameters, found) => {
    expect(names(await ada('GET', path(parameters)))).toEqual(found);
  });

  it('can be filtered by strategy, as the dialog for registering does', async () => {
    const by = (strategy: string) => ada('GET', path(`unregistered=true&filter[auth_strategy_id]=${strategy}`));
    expect(names(await by(scene.keyStrategy))).toEqual(['Engine']);
    expect(names(await by(scene.oidcStrategy))).toEqual([]);
  });

  it('are 400 for what is not understood, and 404 for a version that is not published', async () => {
    const bad = await ada('GET', path('unregistered=maybe&filter[status]=approved'));
    expect(refusalOf(bad)).toMatchObject({ status: 400, fields: ['unregistered'] });
    expect((await ada('GET', `/products/${scene.product}/versions/${randomUUID()}/applications`)).status).toBe(404);
    expect((await ada('GET', `/products/${randomUUID()}/versions/${second}/applications`)).status).toBe(404);
    await send('UnpublishProductVersion', publication(second));
    expect((await ada('GET', path())).status).toBe(404);
    expect((await ada('GET', of(loom))).body.data).toContainEqual(
      expect.objectContaining({ product_version_id: second, status: 'approved' }),
    );
  });
});

describe('granted scopes', () => {
  const unsupported = { status: 422, title: 'Unsupported IDP', code: 'granted_scopes_unavailable' };

  it('are not read from identity providers here', async () => {
    const registration = await bob('GET', `${of(scene.bobsApp)}/${scene.approved}/granted-scopes`);
    expect(registration.body).toMatchObject(unsupported);
    const path = (version: string) => `/applications/${scene.bobsApp}/product-versions/${version}/granted-scopes`;
    expect((await bob('GET', path(scene.oidcVersion))).body).toMatchObject(unsupported);
    expect((await bob('GET', path(scene.version))).body).toMatchObject(unsupported);
    expect((await bob('GET', path(second))).status).toBe(404);
    expect((await bob('GET', path(randomUUID()))).status).toBe(404);
    expect((await bob('GET', `${of(scene.bobsApp)}/${randomUUID()}/granted-scopes`)).status).toBe(404);
  });
});
