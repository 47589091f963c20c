import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { loadConfig } from '../../apps/api/config.js';
import { createLog } from '../../apps/api/log.js';
import { runProjector, type RunningProjector } from '../../apps/projector/main.js';
import { testClient, type TestClient } from '../support/client.js';
import { commandsOf } from '../support/commands.js';
import { approvedDeveloper, signIn } from '../support/developers.js';
import { startTestEngines, type TestEngines } from '../support/engines.js';
import { GIVEN_SERVER } from '../support/eventstore/harness.js';
import { freeze } from '../support/eventstore/faults.js';
import { buildApplication, buildPortal, type TestApplication, type TestPortal } from '../support/portal.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { withMongo } from './mongodb-server.js';

const TOKEN = 'one-token-for-every-copy';
const SERVERS = { log: 'eventstoredb', documents: 'mongodb' } as const;

withMongo('Copies of the service on EventStoreDB and MongoDB', (mongo) => {
  describe('Copies of the service on EventStoreDB and MongoDB', () => {
    let dataDir: string;
    let engines: TestEngines;
    let projector: RunningProjector;
    let copies: TestServer[];
    let [one, two]: TestClient[] = [];
    let portal: TestPortal;
    let application: TestApplication;

    const start = (settings: Record<string, string> = {}) =>
      startTestServer({ ...engines.env, GATEHOUSE_ADMIN_TOKEN: TOKEN, ...settings }, { views: 'by projectors' });
    const startProjector = () =>
      runProjector(
        loadConfig({
          ...engines.env,
          PORT: '0',
          GATEHOUSE_DATA_DIR: dataDir,
          GATEHOUSE_PORTAL_URL: 'http://portal.example',
        }),
        { log: createLog('silent') },
      );
    const check = (client: TestClient) =>
      client.get(`/gateway/check?product_version=${portal.versionId}`, { apikey: application.key });
    /** Asks until the answer is this one: the test's own time is the limit. */
    async function until(status: number, ask: () => Promise<{ readonly status: number; readonly headers: Headers }>) {
      for (;;) {
        const answer = await ask();
        if (answer.status === status) return answer;
        await delay(10);
      }
    }

    beforeAll(async () => {
      dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-copies-'));
      engines = await startTestEngines(SERVERS, mongo);
      // At once, on empty engines: both must end up with one root secret and one log id.
      [projector, ...copies] = await Promise.all([
        startProjector(),
        start(),
        start({ GATEHOUSE_CHECK_STALENESS_MS: '500' }),
        start({ GATEHOUSE_CHECK_STALENESS_MS: '500', GATEHOUSE_CHECK_WHEN_STALE: 'allow' }),
      ]);
      [one, two] = copies.map(({ url }) => testClient(url, TOKEN));
      for (const { url } of copies) await until(200, () => testClient(url).get('/readyz'));
      portal = await buildPortal(one!);
    });
    beforeEach(async () => {
      application = await buildApplication(one!, portal, crypto.randomUUID());
      await one!.command('ApproveApp', { application_id: application.applicationId });
    });
    afterAll(async () => {
      await Promise.all([...copies, projector].map((process) => process.stop()));
      await engines.close();
      rmSync(dataDir, { recursive: true, force: true });
    });

    it('show each other’s writes to whoever names the position', async () => {
      const name = crypto.randomUUID();
      const made = await one!.send<{ id: string }>('POST', '/v2/api-products', { body: { name } });
      expect(made.status).toBe(201);
      const position = { 'gatehouse-at-least': made.headers.get('gatehouse-position')! };
      const found = await two!.get<{ data: { id: string }[] }>(
        `/v2/api-products?filter%5Bname%5D%5Beq%5D=${name}`,
        position,
      );
      expect(found.body.data.map(({ id }) => id)).toEqual([made.body.id]);
    });

    it('know each other’s sessions, and the end of a revoked developer’s', async () => {
      const email = `${crypto.randomUUID()}@example.com`;
      const ada = await approvedDeveloper(copies[0]!, commandsOf(copies[0]!), portal.portalId, email);
      const cookie = await signIn(copies[0]!, ada);
      const me = () => testClient(copies[1]!.url).get('/api/v2/developer/me', { cookie });
      expect((await me()).status).toBe(200);
      await one!.command('RevokeDeveloper', { developer_id: ada.id });
      await until(401, me);
    });

    it('answer with the first answer when a command is repeated at another copy', async () => {
      const path = '/v2/api-products';
      const again = { body: { name: crypto.randomUUID() }, headers: { 'idempotency-key': crypto.randomUUID() } };
      const answers = [await one!.send(`POST`, path, again), await two!.send('POST', path, again)];
      expect(answers.map(({ status }) => status)).toEqual([201, 201]);
      expect(answers[1]!.body).toEqual(answers[0]!.body);
    });

    it('let a key be used at once that another copy has made, and no more when another copy has revoked it', async () => {
      await until(200, () => check(two!));
      await one!.command('RevokeCredential', {
        application_id: application.applicationId,
        credential_id: application.credentialId,
      });
      await until(401, () => check(two!));
    });

    if (!GIVEN_SERVER) {
      it('go by what they know while the log is silent, up to the bound, and then by the setting', async () => {
        const allowing = testClient(copies[2]!.url, TOKEN);
        for (const copy of [two!, allowing]) await until(200, () => check(copy));
        const thaw = freeze(engines.double!.faults);
        const refused = await until(503, () => check(two!));
        expect(refused.headers.get('retry-after')).toBe('2');
        while (copies[2]!.services.freshness.trust() !== 'unreachable') await delay(10);
        expect((await check(allowing)).status).toBe(200);
        thaw();
        await until(200, () => check(two!));
      });

      it('go on by themselves after the log was away, without having missed anything', async () => {
        await until(200, () => check(two!));
        await engines.restartDouble();
        const revoked = await until(200, () =>
          one!.send('POST', '/commands/RevokeCredential', {
            body: { application_id: application.applicationId, credential_id: application.credentialId },
          }),
        );
        expect(revoked.status).toBe(200);
        await until(401, () => check(two!));
      });
    }
  });
});
