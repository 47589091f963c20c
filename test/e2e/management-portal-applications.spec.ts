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

const ids = ({ body }: Answer) => body.data.map(({ id }) => id);
const faults = ({ status, body }: Answer) => [status, body.invalid_parameters?.map(({ field }) => field)];

describe('an application', () => {
  it('is shown with its owner and its strategy, on its portal and by its id alone', async () => {
    const { body, headers } = await call('GET', `${base}/applications/${scene.adasApp}`);
    expect(body).toMatchObject({
      id: scene.adasApp,
      name: 'Engine',
      description: null,
      labels: {},
      registration_count: 1,
      dcr_provider: null,
      portal: { id: scene.portal },
      developer: { id: scene.ada, name: 'Ada Lovelace', email: 'ada@example.org' },
      auth_strategy: {
        id: scene.keyStrategy,
        name: 'API keys',
        credential_type: 'key_auth',
        key_names: ['x-api-key'],
        ttl: { value: 1, unit: 'years' },
      },
      granted_scopes: null,
    });
    const unscoped = await call('GET', `/v2/applications/${scene.adasApp}`);
    expect(unscoped.body).toEqual(body);
    expect(unscoped.headers.get('etag')).toBe(headers.get('etag'));
  });

  it('shows scopes where its strategy has them', async () => {
    const { body } = await call('GET', `/v2/applications/${scene.bobsApp}`);
    expect(body).toMatchObject({
      auth_strategy: {
        credential_type: 'self_managed_client_credentials',
        auth_methods: ['client_credentials'],
        available_scopes: ['read', 'write'],
      },
      granted_scopes: ['read'],
    });
  });

  it('is a 404 on another portal, and where there is none', async () => {
    const { id: other } = await send('CreatePortal', { name: 'Elsewhere' });
    const foreign = `/v2/portals/${other}/applications/${scene.adasApp}`;
    expect((await call('GET', foreign)).status).toBe(404);
    expect((await call('DELETE', foreign)).status).toBe(404);
    expect((await call('GET', `${foreign}/registrations`)).status).toBe(404);
    expect((await call('GET', `/v2/applications/${randomUUID()}`)).status).toBe(404);
    expect((await call('GET', `/v2/applications/${scene.adasApp}`)).status).toBe(200);
  });

  it('is deleted with its registrations', async () => {
    const { id } = await send('CreateApplication', {
      developer_id: scene.ada,
      name: 'Short-lived',
      auth_strategy_id: scene.keyStrategy,
    });
    await send('RequestAccess', { application_id: id, product_version_id: scene.version });
    expect((await call('DELETE', `${base}/applications/${id}`)).status).toBe(204);
    expect((await call('GET', `${base}/applications/${id}`)).status).toBe(404);
    expect((await call('DELETE', `${base}/applications/${id}`)).status).toBe(404);
    expect(ids(await call('GET', `${base}/applications?filter[name]=Short-lived`))).toEqual([]);
    expect(ids(await call('GET', `${base}/application-registrations?filter[application_name]=Short-lived`))).toEqual(
      [],
    );
  });
});

describe('the list of applications', () => {
  const listed = async (query: string) => {
    const names: Record<string, string> = { [scene.adasApp]: 'Engine', [scene.bobsApp]: 'Battery' };
    return ids(await call('GET', `${base}/applications?${query}`)).map((id) => names[String(id)]);
  };

  it.each([
    ['', ['Battery', 'Engine']],
    ['sort=created_at', ['Engine', 'Battery']],
    ['sort=name', ['Battery', 'Engine']],
    ['filter[name][contains]=ENG', ['Engine']],
    ['filter[name][neq]=Engine', ['Battery']],
    ['filter[name][oeq]=Engine,Battery', ['Battery', 'Engine']],
    ['filter[developer_name][contains]=love', ['Engine']],
    ['filter[developer_name]=Bob%20%C3%98rsted', ['Battery']],
    ['filter[developer_name][contains]=nobody', []],
    ['filter[developer_email]=bob@EXAMPLE.com', ['Battery']],
    ['filter[developer_email][ocontains]=@example.org,@nowhere', ['Engine']],
    ['filter[developer_email][neq]=ada@example.org', ['Battery']],
    ['filter[developer_email][contains]=example&filter[name]=Engine', ['Engine']],
  ])('%s', async (query, expected) => {
    expect(await listed(query)).toEqual(expected);
  });

  it('is filtered by owner id', async () => {
    expect(await listed(`filter[developer_id]=${scene.ada}`)).toEqual(['Engine']);
    expect(await listed(`filter[developer_id][neq]=${scene.ada}`)).toEqual(['Battery']);
    expect(await listed(`filter[developer_id][oeq]=${scene.ada},${scene.bob.toUpperCase()}`)).toHaveLength(2);
    expect(faults(await call('GET', `${base}/applications?filter[developer_id]=ada`))).toEqual([
      400,
      ['filter[developer_id]'],
    ]);
  });

  it('opens each owner', async () => {
    const { body } = await call('GET', `${base}/applications?sort=name`);
    expect(body.data.map(({ developer }) => developer)).toEqual([
      { id: scene.bob, name: 'Bob Ørsted', email: 'Bob@example.com' },
      { id: scene.ada, name: 'Ada Lovelace', email: 'ada@example.org' },
    ]);
  });
});

describe('a registration', () => {
  const of = (application: string, id: string) => `${base}/applications/${application}/registrations/${id}`;

  it('is shown with the names of everything it joins', async () => {
    const { body } = await call('GET', of(scene.adasApp, scene.pending));
    expect(body).toMatchObject({
      id: scene.pending,
      status: 'pending',
      application: { id: scene.adasApp, name: 'Engine' },
      product: { id: scene.product, name: 'Scene API' },
      product_version: { id: scene.version, name: 'v1' },
      developer: { id: scene.ada, name: 'Ada Lovelace' },
      granted_scopes: null,
    });
    const withScopes = await call('GET', of(scene.bobsApp, scene.approved));
    expect(withScopes.body).toMatchObject({ status: 'approved', granted_scopes: ['read'] });
  });

  it('has scopes of its own', async () => {
    const scopes = (path: string) => call('GET', `${path}/granted-scopes`);
    expect((await scopes(of(scene.bobsApp, scene.approved))).body).toEqual({ data: ['read'] });
    expect((await scopes(of(scene.adasApp, scene.pending))).body).toEqual({ data: [] });
  });

  it('is a 404 below another application', async () => {
    const foreign = of(scene.bobsApp, scene.pending);
    expect((await call('GET', foreign)).status).toBe(404);
    expect((await call('PATCH', foreign, { body: { status: 'approved' } })).status).toBe(404);
    expect((await call('DELETE', foreign)).status).toBe(404);
    expect((await call('GET', `${foreign}/granted-scopes`)).status).toBe(404);
  });

  it('goes through the statuses that are possible, with reasons', async () => {
    const path = of(scene.adasApp, scene.pending);
    const set = (status: string, headers = {}) => call('PATCH', path, { body: { status }, headers });
    const seen = (await call('GET', path)).headers.get('etag')!;
    const same = await set('pending');
    expect([same.status, same.headers.get('gatehouse-position')]).toEqual([200, null]);
    const revoked = await set('revoked');
    expect([revoked.status, revoked.body.code, revoked.body['possible']]).toEqual([
      409,
      'registration_status_not_possible',
      ['ApproveApp', 'RejectApp'],
    ]);
    const approved = await set('approved', { 'if-match': seen, 'x-gatehouse-reason': 'Contract%20signed' });
    expect([approved.status, approved.body['status']]).toEqual([200, 'approved']);
    expect((await call('GET', path)).body).toEqual(approved.body);
    expect((await set('revoked', { 'if-match': seen })).status).toBe(412);
    expect((await set('pending', { 'if-match': seen })).body['possible']).toEqual(['RevokeApp']);
    expect((await set('revoked')).body['status']).toBe('revoked');
    expect(faults(await set('granted'))).toEqual([400, ['status']]);
    const events = await server.services.store.readStream(`application-${scene.adasApp}`);
    expect(events.map(({ type }) => type).slice(-2)).toEqual([
      'application.access-approved.v1',
      'application.access-revoked.v1',
    ]);
    const reason = events.at(-2)!.data['reason'] as string;
    expect(reason).not.toContain('signed');
    expect(await server.services.keyring.open(reason)).toBe('Contract signed');
  });

  it('is withdrawn', async () => {
    const path = of(scene.bobsApp, scene.approved);
    expect((await call('DELETE', path)).status).toBe(204);
    expect((await call('GET', path)).status).toBe(404);
    expect((await call('DELETE', path)).status).toBe(404);
    expect((await call('GET', `/v2/applications/${scene.bobsApp}`)).body['registration_count']).toBe(0);
  });
});

describe('the lists of registrations', () => {
  let labels: Record<string, string>;

  beforeAll(async () => {
    scene = await portalScene(send, 'Queue');
    base = `/v2/portals/${scene.portal}`;
    labels = { [scene.pending]: 'ada', [scene.approved]: 'bob' };
  });

  const listed = async (path: string) => ids(await call('GET', `${base}/${path}`)).map((id) => labels[String(id)]);

  it.each([
    ['', ['bob', 'ada']],
    ['sort=created_at', ['ada', 'bob']],
    ['sort=status', ['bob', 'ada']],
    ['sort=updated_at%20desc', ['bob', 'ada']],
    ['filter[status]=pending', ['ada']],
    ['filter[status][oeq]=pending,approved', ['bob', 'ada']],
    ['filter[status][neq]=pending', ['bob']],
    ['filter[application_name][contains]=BATT', ['bob']],
    ['filter[application_name]=Engine', ['ada']],
    ['filter[developer_name][ocontains]=lovelace,nobody', ['ada']],
    ['filter[developer_name]=Nobody', []],
  ])('of the portal: %s', async (query, expected) => {
    expect(await listed(`application-registrations?${query}`)).toEqual(expected);
  });

  it('of the portal: by owner id', async () => {
    expect(await listed(`application-registrations?filter[developer_id]=${scene.bob}`)).toEqual(['bob']);
  });

  it('of an application', async () => {
    const path = `applications/${scene.adasApp}/registrations`;
    expect(await listed(path)).toEqual(['ada']);
    expect(await listed(`${path}?filter[status]=approved&sort=updated_at`)).toEqual([]);
    expect(faults(await call('GET', `${base}/${path}?sort=developer_id`))).toEqual([400, ['sort']]);
    expect(faults(await call('GET', `${base}/${path}?filter[developer_id]=${scene.ada}`))).toEqual([
      400,
      ['filter[developer_id]'],
    ]);
  });

  it('show the names, and follow a new one', async () => {
    await send('EditProduct', { product_id: scene.product, name: 'Renamed API' });
    const { body } = await call('GET', `${base}/application-registrations?sort=created_at`);
    expect(body.data[0]).toMatchObject({
      application: { id: scene.adasApp, name: 'Engine' },
      product: { id: scene.product, name: 'Renamed API' },
      developer: { id: scene.ada, name: 'Ada Lovelace' },
      granted_scopes: null,
    });
  });

  it('keep the names of a product that is gone', async () => {
    await send('DeleteProduct', { product_id: scene.product });
    const path = `${base}/applications/${scene.adasApp}/registrations/${scene.pending}`;
    expect((await call('GET', path)).body).toMatchObject({
      product: { name: 'Renamed API' },
      product_version: { name: 'v1' },
    });
  });
});
