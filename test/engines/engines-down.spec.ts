import { isDeepStrictEqual } from 'node:util';
import { setTimeout as delay } from 'node:timers/promises';
import { testClient, type Answer, type TestClient } from '../support/client.js';
import { startTestEngines, type TestEngines } from '../support/engines.js';
import { GIVEN_SERVER } from '../support/eventstore/harness.js';
import { startFerretDb, type FerretDb } from '../support/ferretdb/server.js';
import { buildApplication, buildPortal, type TestApplication, type TestPortal } from '../support/portal.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { withFerretDb } from './mongodb-server.js';

/** How long the driver waits for a server before it gives up; five seconds unless told. */
const IMPATIENT = 'serverSelectionTimeoutMS=2000';

withFerretDb('The service while an engine is down', (binary) => {
  describe('The service while an engine is down', () => {
    let views: FerretDb;
    let vault: FerretDb;
    let engines: TestEngines;
    let server: TestServer;
    let [admin, nobody]: TestClient[] = [];
    let portal: TestPortal;
    let application: TestApplication;

    beforeAll(async () => {
      [views, vault] = await Promise.all([startFerretDb(binary), startFerretDb(binary)]);
      engines = await startTestEngines({ log: 'eventstoredb', documents: 'mongodb' }, `${views.url}?${IMPATIENT}`);
      server = await startTestServer({ ...engines.env, GATEHOUSE_VAULT: `${vault.url}vault?${IMPATIENT}` });
      admin = testClient(server.url, server.adminToken);
      nobody = testClient(server.url);
      portal = await buildPortal(admin);
      application = await buildApplication(admin, portal);
      await admin.command('ApproveApp', { application_id: application.applicationId });
    });
    afterAll(async () => {
      await server.stop();
      await engines.close();
      await Promise.all([views.close(), vault.close()]);
    });

    const list = () => admin!.get<{ data: { name: string }[] }>('/v2/api-products?page%5Bsize%5D=100');
    const create = (name: string) => admin!.send('POST', '/commands/CreateProduct', { body: { name } });
    const register = () =>
      admin!.send('POST', '/commands/RegisterDeveloper', {
        body: { portal_id: portal.portalId, email: `${crypto.randomUUID()}@example.com`, full_name: 'Grace Hopper' },
      });
    const check = () => nobody!.get(`/gateway/check?product_version=${portal.versionId}`, { apikey: application.key });
    const readiness = async () => (await nobody!.get<{ status: string; engines: object }>('/readyz')).body;

    async function until<T>(status: number, ask: () => Promise<Answer<T>>): Promise<Answer<T>> {
      for (;;) {
        const answer = await ask();
        if (answer.status === status) return answer;
        await delay(50);
      }
    }

    function expectLater({ status, headers, body }: Answer<unknown>, code: string): void {
      expect([status, headers.get('retry-after')]).toEqual([503, '2']);
      expect(body).toMatchObject({ code });
    }

    /** An answer on the engines is kept for half a second. */
    async function expectReportedDown(engine: string): Promise<void> {
      expect((await nobody!.get('/livez')).status).toBe(200);
      const others = { event_store: 'up', read_models: 'up', vault: 'up' };
      const told = { ...others, [engine]: 'down' };
      const status = () => admin!.get<{ engines: object }>('/status');
      while (!isDeepStrictEqual((await readiness()).engines, told)) await delay(50);
      expect(await readiness()).toMatchObject({ status: 'degraded' });
      while (!isDeepStrictEqual((await status()).body.engines, told)) await delay(50);
      const gauge = `gatehouse_engine_up{engine="${engine}"} 0`;
      while (!(await admin!.get('/metrics')).text.includes(gauge)) await delay(50);
    }

    it('takes commands and checks keys without the view store, and answers lists with 503', async () => {
      await views.kill();
      expect((await create('Made without views')).status).toBe(200);
      expect((await register()).status).toBe(200);
      expectLater(await list(), 'read_models_unavailable');
      expect((await check()).status).toBe(200);
      await expectReportedDown('read_models');
      await views.restart();
      const shown = async () => {
        const answer = await list();
        const there = answer.status === 200 && answer.body.data.some(({ name }) => name === 'Made without views');
        return there ? answer : { ...answer, status: 0 };
      };
      await until(200, shown);
    });

    it('checks keys and answers lists without the vault, and refuses what needs it', async () => {
      await vault.kill();
      expectLater(await register(), 'busy');
      expect((await list()).status).toBe(200);
      expect((await create('Made without the vault')).status).toBe(200);
      expect((await check()).status).toBe(200);
      await expectReportedDown('vault');
      await vault.restart();
      await until(200, register);
    });

    // A given server is not ours to stop.
    (GIVEN_SERVER ? it.skip : it)('answers lists without the event store, and refuses commands', async () => {
      await engines.stopDouble();
      expectLater(await create('Never made'), 'store_unavailable');
      expect((await list()).status).toBe(200);
      await expectReportedDown('event_store');
      await engines.restartDouble();
      await until(200, () => create('Made again'));
      await until(200, check);
      const names = (await list()).body.data.map(({ name }) => name);
      expect(names).not.toContain('Never made');
    });
  });
});
