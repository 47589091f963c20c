import { testClient, type Answer, type TestClient } from '../support/client.js';
import { startTestEngines, type TestEngines } from '../support/engines.js';
import { GIVEN_SERVER } from '../support/eventstore/harness.js';
import { freeze } from '../support/eventstore/faults.js';
import { buildApplication, buildPortal, type TestApplication, type TestPortal } from '../support/portal.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { setTimeout as delay } from 'node:timers/promises';

const MINUTE_MS = 60_000;
/** So many commands a server has under way before it turns others away. */
const UNDER_WAY = 1_000;
const TOO_MANY = 300;

// A given server is not ours to stop.
(GIVEN_SERVER ? describe.skip : describe).each(['deny', 'allow'] as const)(
  'The service without its event store, told to %s when it cannot tell',
  (policy) => {
    let engines: TestEngines;
    let server: TestServer;
    let admin: TestClient;
    let portal: TestPortal;
    let application: TestApplication;

    beforeAll(async () => {
      engines = await startTestEngines({ log: 'eventstoredb', documents: 'sqlite' });
      server = await startTestServer({
        ...engines.env,
        GATEHOUSE_CHECK_WHEN_STALE: policy,
        GATEHOUSE_CHECK_STALENESS_MS: '1000',
      });
      admin = testClient(server.url, server.adminToken);
      portal = await buildPortal(admin);
      application = await buildApplication(admin, portal);
      await admin.command('ApproveApp', { application_id: application.applicationId });
    });
    afterAll(async () => {
      await server.stop();
      await engines.close();
    });

    const check = () => admin.get(`/gateway/check?product_version=${portal.versionId}`, { apikey: application.key });
    const create = () =>
      admin.send('POST', '/commands/CreateProduct', { body: { name: crypto.randomUUID(), portal_ids: [] } });
    const expectLater = ({ status, headers }: Answer<unknown>) =>
      expect([status, headers.get('retry-after')]).toEqual([503, '2']);

    async function until(status: number, ask: () => Promise<Answer<unknown>>): Promise<void> {
      while ((await ask()).status !== status) await delay(20);
    }

    it(
      'checks keys by what it knows up to the bound, then by the setting, and by the log again when that is back',
      async () => {
        await until(200, check);
        await engines.stopDouble();
        expectLater(await create());
        expect((await admin.get('/v2/api-products')).status).toBe(200);
        while (server.services.freshness.trust() !== 'unreachable') await delay(20);
        const late = await check();
        if (policy === 'deny') expectLater(late);
        else expect(late.status).toBe(200);
        expect((await admin.get('/v2/api-products')).status).toBe(200);
        await engines.restartDouble();
        await until(200, create);
        await until(200, check);
        await admin.command('RevokeCredential', {
          application_id: application.applicationId,
          credential_id: application.credentialId,
        });
        await until(401, check);
      },
      MINUTE_MS,
    );

    it(
      'turns commands away while the event store is too slow for them, and carries out those that it has taken',
      async () => {
        await until(200, create);
        const thaw = freeze(engines.double!.faults);
        const early: Answer<unknown>[] = [];
        const turnedAway = new Promise<void>((resolve) => {
          const all = Array.from({ length: UNDER_WAY + TOO_MANY }, async () => {
            const answer = await create();
            if (early.push(answer) === TOO_MANY) resolve();
            return answer;
          });
          void Promise.all(all);
        });
        await turnedAway;
        for (const answer of early.slice(0, TOO_MANY)) expectLater(answer);
        expect((await admin.get('/livez')).status).toBe(200);
        thaw();
        while (early.length < UNDER_WAY + TOO_MANY) await delay(20);
        expect(early.slice(TOO_MANY).filter(({ status }) => status !== 200)).toEqual([]);
        await until(200, create);
      },
      MINUTE_MS,
    );
  },
);
