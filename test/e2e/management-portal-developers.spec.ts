import { randomUUID } from 'node:crypto';
import { checkedClient, type Answer, type Call } from '../support/checked-client.js';
import { commandsOf, type Send } from '../support/commands.js';
import { portalScene, type PortalScene } from '../support/portal-scene.js';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
let call: Call;
let send: Send;
let scene: PortalScene;
let path: string;

beforeAll(async () => {
  server = await startTestServer();
  call = checkedClient(server);
  send = commandsOf(server);
  scene = await portalScene(send);
  path = `/v2/portals/${scene.portal}/developers`;
});
afterAll(() => server.stop());

const register = async (full_name: string, email: string) =>
  (await send('RegisterDeveloper', { portal_id: scene.portal, full_name, email })).id;
const emails = ({ body }: Answer) => body.data.map(({ email }) => email);

describe('a developer', () => {
  it('is shown with name, address and number of applications', async () => {
    const { status, body } = await call('GET', `${path}/${scene.ada}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id: scene.ada,
      email: 'ada@example.org',
      full_name: 'Ada Lovelace',
      status: 'approved',
      application_count: 1,
    });
  });

  it('is a 404 elsewhere, and where there is none', async () => {
    const { id: other } = await send('CreatePortal', { name: 'Elsewhere' });
    const foreign = `/v2/portals/${other}/developers/${scene.ada}`;
    expect((await call('GET', foreign)).status).toBe(404);
    expect((await call('PATCH', foreign, { body: { status: 'revoked' } })).status).toBe(404);
    expect((await call('DELETE', foreign)).status).toBe(404);
    expect((await call('GET', `${path}/${randomUUID()}`)).status).toBe(404);
    expect((await call('GET', `${path}/${scene.ada}`)).body['status']).toBe('approved');
  });

  it('goes through the statuses that are possible, with reasons', async () => {
    const id = await register('Status', 'status@example.org');
    const set = (status: string, headers = {}) => call('PATCH', `${path}/${id}`, { body: { status }, headers });
    const rejected = await set('rejected', { 'x-gatehouse-reason': 'No%20contract' });
    expect([rejected.status, rejected.body['status']]).toEqual([200, 'rejected']);
    const revoked = await set('revoked');
    expect([revoked.status, revoked.body.code, revoked.body['possible']]).toEqual([
      409,
      'developer_status_not_possible',
      ['ApproveDeveloper'],
    ]);
    expect((await set('approved')).body['status']).toBe('approved');
    const again = await set('approved');
    expect([again.status, again.headers.get('gatehouse-position')]).toEqual([200, null]);
    const back = await set('pending');
    expect([back.status, back.body['possible']]).toEqual([409, ['RevokeDeveloper']]);
    const late = await set('revoked', { 'if-match': '"0"' });
    expect(late.status).toBe(412);
    const types = (await server.services.store.readStream(`developer-${id}`)).map(({ type }) => type);
    expect(types).toEqual(['developer.registered.v1', 'developer.rejected.v1', 'developer.approved.v1']);
  });

  it('who is pending already may be set pending', async () => {
    const id = await register('Waiting', 'waiting@example.org');
    const { status, body, headers } = await call('PATCH', `${path}/${id}`, { body: { status: 'pending' } });
    expect([status, body['status']]).toEqual([200, 'pending']);
    expect(headers.get('gatehouse-position')).toBeNull();
    const at = { 'if-match': '"7"' };
    expect((await call('PATCH', `${path}/${id}`, { body: { status: 'pending' }, headers: at })).status).toBe(412);
    expect((await call('PATCH', `${path}/${id}`, { body: {} })).body).toEqual(body);
  });

  it('has no other status', async () => {
    const { status, body } = await call('PATCH', `${path}/${scene.ada}`, { body: { status: 'banned' } });
    expect(status).toBe(400);
    expect(body.invalid_parameters).toMatchObject([
      { field: 'status', rule: 'enum', choices: ['approved', 'pending', 'revoked', 'rejected'] },
    ]);
    const unknown = await call('PATCH', `${path}/${scene.ada}`, { body: { name: 'X' } });
    expect(unknown.body.invalid_parameters).toMatchObject([{ field: 'name', rule: 'unknown_property' }]);
  });

  it('is removed, and the address is free again', async () => {
    const id = await register('Gone', 'gone@example.org');
    expect((await call('DELETE', `${path}/${id}`)).status).toBe(204);
    expect((await call('GET', `${path}/${id}`)).status).toBe(404);
    expect((await call('DELETE', `${path}/${id}`)).status).toBe(404);
    expect(emails(await call('GET', `${path}?filter[email]=gone@example.org`))).toEqual([]);
    await register('Back', 'gone@example.org');
    expect(emails(await call('GET', `${path}?filter[email]=gone@example.org`))).toEqual(['gone@example.org']);
  });
});

describe('the list of developers', () => {
  beforeAll(async () => {
    scene = await portalScene(send, 'Listing');
    path = `/v2/portals/${scene.portal}/developers`;
    await register('Émile Zola', 'zola@example.net');
  });

  const [ada, bob, zola] = ['ada@example.org', 'Bob@example.com', 'zola@example.net'];

  it.each([
    ['', [zola, bob, ada]],
    ['sort=created_at', [ada, bob, zola]],
    ['sort=email', [ada, bob, zola]],
    ['sort=email%20desc', [zola, bob, ada]],
    ['sort=name', [ada, bob, zola]],
    ['sort=-name', [zola, bob, ada]],
    ['filter[status]=pending', [zola]],
    ['filter[status][neq]=pending', [bob, ada]],
    ['filter[status][oeq]=pending,rejected', [zola]],
    ['filter[status][contains]=APPR', [bob, ada]],
    ['filter[email]=BOB@example.com', [bob]],
    ['filter[email][eq]=nobody@example.com', []],
    ['filter[email][neq]=ada@example.org', [zola, bob]],
    ['filter[email][oeq]=ada@example.org,zola@example.net', [zola, ada]],
    ['filter[email][contains]=example.O', [ada]],
    ['filter[email][ocontains]=.com,.net', [zola, bob]],
    ['filter[name][contains]=emile', [zola]],
    ['filter[name]=Ada%20Lovelace', [ada]],
    ['filter[name]=ada%20lovelace', []],
    ['filter[name][neq]=Ada%20Lovelace', [zola, bob]],
    ['filter[name][contains]=o&filter[status]=approved', [bob, ada]],
    ['filter[name][contains]=o&sort=name&page[size]=1&page[number]=2', [bob]],
  ])('%s', async (query, expected) => {
    expect(emails(await call('GET', `${path}?${query}`))).toEqual(expected);
  });

  it('counts all pages, also of what it searched in memory', async () => {
    const { body } = await call('GET', `${path}?filter[name][contains]=o&page[size]=1`);
    expect(body['meta']).toEqual({ page: { number: 1, size: 1, total: 3 } });
  });

  it.each([
    ['sort=full_name', 'sort'],
    ['filter[status]=unknown', 'filter[status]'],
    ['filter[my_attribute]=x', 'filter[my_attribute]'],
    ['filter[email][lt]=x', 'filter[email][lt]'],
  ])('%s is a 400 that names it', async (query, field) => {
    const { status, body } = await call('GET', `${path}?${query}`);
    expect([status, body.invalid_parameters?.map((fault) => fault.field)]).toEqual([400, [field]]);
  });

  it('keeps names and addresses out of the view and of the log', async () => {
    const docs = await server.services.reads.find('developers', { where: [], limit: 100 });
    expect(docs.length).toBeGreaterThan(0);
    const known = JSON.stringify(docs) + server.logLines.join('\n');
    for (const text of ['Zola', 'zola@', 'Lovelace', 'ada@']) expect(known).not.toContain(text);
  });
});
