import { DESCRIBED, pathOf, sampleBody, type DescribedOperation } from './operations.js';
import { testClient, type TestClient } from '../support/client.js';
import { commandsOf } from '../support/commands.js';
import { portalScene, type PortalScene } from '../support/portal-scene.js';
import { startTestServer, type TestServer } from '../support/server.js';

/** Tokens that are limited to one portal: what they may elsewhere is nothing. */
let server: TestServer;
let mine: PortalScene;
let other: PortalScene;
let limited: TestClient;
let token: string;

beforeAll(async () => {
  server = await startTestServer({ HOST: '0.0.0.0' });
  const send = commandsOf(server);
  mine = await portalScene(send, 'Mine');
  other = await portalScene(send, 'Other');
  token = await issue('local admin', 'admin', mine.portal);
  limited = testClient(server.url, token);
});
afterAll(() => server.stop());

async function issue(name: string, role: string, portal_id: string): Promise<string> {
  const admin = testClient(server.url, server.adminToken);
  const issued = await admin.send<{ token: string }>('POST', '/tokens', { body: { name, role, portal_id } });
  expect(issued.status).toBe(201);
  return issued.body.token;
}

const byRole = DESCRIBED.filter(({ access }) => typeof access === 'object' && access.role !== 'gateway');
const isCommand = ({ method, path }: DescribedOperation) => method === 'POST' && path.startsWith('/commands/');
const named = (operations: readonly DescribedOperation[]) =>
  operations.map((operation) => [`${operation.method} ${operation.path}`, operation] as const);

async function attempt(operation: DescribedOperation, names: Readonly<Record<string, string>>) {
  const payload = sampleBody(operation);
  const response = await server.app.inject({
    method: operation.method as 'GET',
    url: pathOf(operation, names),
    headers: { authorization: `Bearer ${token}` },
    ...(payload ? { payload } : {}),
  });
  return { status: response.statusCode, code: (response.json() as { code?: string }).code };
}

describe('what another portal has', () => {
  it.each(named(byRole.filter((operation) => !isCommand(operation))))('%s', async (_, operation) => {
    const head = await server.services.store.head();
    const names = {
      portalId: other.portal,
      developerId: other.ada,
      applicationId: other.adasApp,
      registrationId: other.pending,
    };
    expect(await attempt(operation, names)).toEqual({ status: 403, code: 'not_permitted' });
    expect(await server.services.store.head()).toBe(head);
  });

  it('is not reached through a path of the own portal either', async () => {
    for (const path of [`developers/${other.ada}`, `applications/${other.adasApp}`]) {
      expect((await limited.get(`/v2/portals/${mine.portal}/${path}`)).status).toBe(404);
    }
  });

  it('is not changed by commands', async () => {
    const head = await server.services.store.head();
    const refused = async (name: string, body: object) => {
      const { status, body: problem } = await limited.send('POST', `/commands/${name}`, { body });
      expect([name, status, problem['code']]).toEqual([name, 404, 'not_permitted']);
    };
    await refused('RevokeDeveloper', { developer_id: other.ada });
    await refused('ApproveApp', { application_id: other.adasApp });
    await refused('DeleteApplication', { application_id: other.bobsApp });
    await refused('CreateApplication', { developer_id: other.ada, name: 'x', auth_strategy_id: other.keyStrategy });
    await refused('ChangePortalSettings', { portal_id: other.portal, name: 'x' });
    await refused('DeleteProduct', { product_id: mine.product });
    await refused('IssueServiceToken', { name: 'wide', role: 'admin' });
    expect(await server.services.store.head()).toBe(head);
  });
});

it('is not shown what another token of the same name has done with the same Idempotency-Key', async () => {
  const admin = testClient(server.url, server.adminToken);
  const body = { name: 'local admin', role: 'admin' };
  const wide = (await admin.send<{ token: string }>('POST', '/tokens', { body })).body.token;
  const sent = { body: { name: 'Dogs' }, headers: { 'idempotency-key': 'the-same-for-both' } };
  expect((await testClient(server.url, wide).send('POST', '/commands/CreateProduct', sent)).status).toBe(200);
  const narrow = await limited.send('POST', '/commands/CreateProduct', sent);
  expect([narrow.status, narrow.body['code']]).toEqual([404, 'not_permitted']);
});

describe('what the own portal has', () => {
  it('is read and changed', async () => {
    expect((await limited.get(`/v2/portals/${mine.portal}`)).status).toBe(200);
    expect((await limited.get(`/v2/portals/${mine.portal}/developers`)).status).toBe(200);
    expect((await limited.get(`/audit/events?portal=${mine.portal}`)).status).toBe(200);
    expect((await limited.get(`/audit/pending?portal=${mine.portal}`)).status).toBe(200);
    expect(
      (await limited.send('POST', '/commands/ApproveApp', { body: { application_id: mine.adasApp } })).status,
    ).toBe(200);
  });

  it('is all that the audit shows', async () => {
    const { body } = await limited.get<{ data: object[] }>(`/audit/events?portal=${mine.portal}&limit=100`);
    expect(body.data.length).toBeGreaterThan(5);
    expect(JSON.stringify(body.data)).not.toContain(other.portal);
    expect((await limited.get('/audit/events')).status).toBe(403);
    expect((await limited.get('/events')).status).toBe(403);
  });
});

it('lets a gateway of one portal through no keys of another', async () => {
  const send = commandsOf(server);
  await send('ApproveApp', { application_id: other.adasApp });
  const keyOf = async (application_id: string): Promise<string> =>
    ((await send('GenerateCredential', { application_id, display_name: 'k' })) as { id: string; credential?: string })
      .credential!;
  const [own, foreign] = [await keyOf(mine.adasApp), await keyOf(other.adasApp)];
  const gateway = await issue('edge of mine', 'gateway', mine.portal);
  const ask = async (key: string, version: string) => {
    const headers = { 'x-api-key': key, 'gatehouse-token': gateway };
    return (await testClient(server.url).get(`/gateway/check/${version}`, headers)).status;
  };
  expect(await ask(own, mine.version)).toBe(200);
  expect(await ask(foreign, other.version)).toBe(403);
  expect(server.logLines.some((line) => line.includes('"denied":"other_portal"'))).toBe(true);
});
