import { randomUUID } from 'node:crypto';
import { OPERATIONS } from '../../apps/api/http/operation.js';
import { checkedClient } from '../support/checked-client.js';
import { commandsOf, type Send } from '../support/commands.js';
import { testClient } from '../support/client.js';
import { portalClient, refusalOf, type PortalCall } from '../support/portal-client.js';
import { portalScene, type PortalScene } from '../support/portal-scene.js';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
let send: Send;
let scene: PortalScene;
let ada: PortalCall;
let bob: PortalCall;

beforeAll(async () => {
  server = await startTestServer();
  send = commandsOf(server);
  scene = await portalScene(send);
  const call = checkedClient(server);
  ada = await portalClient(server, call, scene.ada, scene.portal);
  bob = await portalClient(server, call, scene.bob, scene.portal);
});
afterAll(() => server.stop());

const eventsOf = async (id: string) =>
  (await server.services.store.readStream(`application-${id}`)).map(({ type }) => type);

describe('analytics', () => {
  it('show nothing of another developer’s applications, asked for or not', async () => {
    const now = Date.now();
    const call = { application_id: scene.bobsApp, product_version_id: scene.oidcVersion, status: 200, time: now };
    const admin = testClient(server.url, server.adminToken);
    const sent = await admin.send('POST', '/gateway/usage', { body: { records: [call, call] } });
    expect(sent.body).toMatchObject({ accepted: 2 });
    await server.services.consumption.settle();
    const query = { start_ms: now - 60_000, end_ms: now, metrics: ['REQUEST_COUNT'], dimensions: ['APPLICATION'] };
    const filter = (type: string) => [{ dimension: 'APPLICATION', type, values: [scene.bobsApp] }];
    const versions = [{ dimension: 'API_PRODUCT_VERSION', type: 'IN', values: [scene.oidcVersion] }];
    const answers = [{}, { filter: filter('IN') }, { filter: versions }, { dimensions: [] }];
    for (const more of answers)
      expect((await ada('POST', '/stats', { ...query, ...more })).body['records']).toEqual([]);
    const own = await bob('POST', '/stats', { ...query, filter: filter('IN') });
    expect(own.body['records']).toMatchObject([{ event: { APPLICATION: 'Battery', REQUEST_COUNT: 2 } }]);
    expect((await bob('POST', '/stats', { ...query, filter: filter('NOT_IN') })).body['records']).toEqual([]);
  });
});

/** Every operation on applications and what belongs to them, with an application of Bob's. */
const ofDevelopers = () =>
  OPERATIONS.filter(({ access, path }) => access === 'developer' && /applications|stats/.test(path)).map(
    (operation) => {
      const ids: Record<string, string> = {
        applicationId: scene.bobsApp,
        registrationId: scene.approved,
        productId: scene.product,
        productVersionId: scene.oidcVersion,
      };
      const path = operation.path.slice('/api/v2'.length).replace(/\{(\w+)\}/g, (_, name) => ids[name] ?? randomUUID());
      const body: Record<string, object> = {
        'create-application': { name: 'x' },
        'update-application': { name: 'Mine' },
        'create-application-registration': { product_version_id: scene.version },
        'update-credential': { display_name: 'Mine' },
        'query-application-analytics': { start_ms: 0, end_ms: 1, metrics: ['REQUEST_COUNT'] },
      };
      return { ...operation, path, body: body[operation.id] };
    },
  );

describe('what belongs to another developer', () => {
  it('does not exist, for any operation', async () => {
    const events = await eventsOf(scene.bobsApp);
    const about = ofDevelopers().filter(({ path }) => path.includes(scene.bobsApp));
    expect(about.map(({ id }) => id)).toHaveLength(14);
    for (const { id, method, path, body } of about) {
      expect([id, (await ada(method, path, body)).status]).toEqual([id, 404]);
    }
    expect(await eventsOf(scene.bobsApp)).toEqual(events);
  });

  it('is as unknown as what was never there', async () => {
    const foreign = await ada('GET', `/applications/${scene.bobsApp}`);
    const missing = await ada('GET', `/applications/${randomUUID()}`);
    const edited = await ada('PATCH', `/applications/${scene.bobsApp}`, { name: 'Mine' });
    const { instance: _, ...told } = foreign.body;
    expect([missing.body, edited.body]).toEqual([expect.objectContaining(told), expect.objectContaining(told)]);
  });
});

describe('an id that is no UUID', () => {
  it('is 400 where the operation declares it and 404 elsewhere', async () => {
    const answer = await ada('GET', '/applications/x');
    expect(refusalOf(answer)).toMatchObject({ status: 400, fields: ['applicationId'] });
    expect((await ada('GET', '/applications/x/registrations/y')).status).toBe(404);
  });
});

describe('on a public portal', () => {
  it('none of this exists', async () => {
    await send('ChangePortalSettings', { portal_id: scene.portal, is_public: true });
    const all = ofDevelopers();
    expect(all.map(({ id }) => id)).toHaveLength(20);
    for (const { id, method, path, body } of all) {
      expect([id, (await bob(method, path, body)).status]).toEqual([id, 404]);
    }
  });
});
