import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openMongoReadModels } from '#read-models/mongodb/read-models.js';
import { lineOf } from '#read-models/generations.js';
import { allViews } from '#read-models/views/index.js';
import '../../apps/api/controllers.js'; // the operations whose answers the client checks
import { testClient, type TestClient } from '../support/client.js';
import { startTestEngines, type TestEngines } from '../support/engines.js';
import { startMailServer, type MailServer } from '../support/mail-server.js';
import { withMongo } from './mongodb-server.js';
import { startProcess, type Process } from './processes.js';

const TOKEN = 'one-token-for-every-copy';
/** Effects that a reactor has under way at once: so many may be sent again after an owner was killed or stopped. */
const AT_ONCE = 8;

interface Status {
  readonly log: { readonly head: string };
  readonly views: readonly {
    name: string;
    position: string;
    live: boolean;
    blocked: object | null;
    rebuilding: number | null;
  }[];
  readonly reactors: readonly { name: string; position: string; waiting: number; parked: number }[];
}

withMongo('Projectors as processes of their own', (mongo) => {
  describe('Projectors as processes of their own', () => {
    let folder: string;
    let engines: TestEngines;
    let mails: MailServer;
    let projectors: Process[];
    let apis: Process[];
    let one: TestClient;
    let two: TestClient;
    let copies = 0;

    const start = (what: 'serve' | 'projector'): Promise<Process> =>
      startProcess(what, join(folder, `copy-${(copies += 1)}`), {
        ...engines.env,
        GATEHOUSE_ADMIN_TOKEN: TOKEN,
        GATEHOUSE_PORTAL_URL: 'https://portal.example.com',
        GATEHOUSE_MAIL: mails.url,
      });

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'gatehouse-projectors-'));
      mails = await startMailServer();
      engines = await startTestEngines({ log: 'eventstoredb', documents: 'mongodb' }, mongo);
      projectors = await Promise.all([start('projector'), start('projector')]);
      apis = await Promise.all([start('serve'), start('serve')]);
      [one, two] = apis.map(({ url }) => testClient(url, TOKEN)) as [TestClient, TestClient];
      await until(async () => (await one.get('/readyz')).status === 200);
      await until(async () => (await two.get('/readyz')).status === 200);
    });
    afterAll(async () => {
      if (process.env['DEBUG_P'])
        for (const each of [...apis, ...projectors]) process.stderr.write(`=== ${each.url}\n${each.output()}\n`);
      const codes = await Promise.all([...apis, ...projectors].map((each) => each.stop()));
      await engines.close();
      await mails.stop();
      rmSync(folder, { recursive: true, force: true });
      expect(codes).toEqual([0, 0, 0, 0]);
    });

    async function until(condition: () => Promise<boolean>): Promise<void> {
      while (!(await condition())) await delay(50);
    }

    /** The leases that a projector says it holds. */
    async function held({ url }: Process): Promise<readonly string[]> {
      const text = await (await fetch(`${url}/metrics`)).text();
      return [...text.matchAll(/^gatehouse_lease_held\{lease="(.*)"\} 1$/gm)].map(([, lease]) => lease!);
    }

    const ALL_LEASES = allViews.length + 4;
    const owner = async (): Promise<Process> => {
      for (;;) {
        for (const each of projectors) if ((await held(each)).length === ALL_LEASES) return each;
        await delay(100);
      }
    };
    const other = (than: Process): Process => projectors.find((each) => each !== than)!;

    const status = async (): Promise<Status> => (await one.get<Status>('/status')).body;

    /** Until every view and every reactor has done what there is to do. */
    const settled = (): Promise<void> =>
      until(async () => {
        const { log, views, reactors } = await status();
        if (process.env['DEBUG_P'])
          process.stderr.write(
            JSON.stringify({
              head: log.head,
              v: views.filter((v) => v.position !== log.head || !v.live || v.rebuilding !== null || v.blocked),
              r: reactors.filter((r) => r.waiting > 0 || BigInt(r.position) < BigInt(log.head)),
            }) + '\n',
          );
        const head = BigInt(log.head);
        const isDone = (position: string) => BigInt(position) >= head;
        return (
          views.every(({ position, live, rebuilding }) => live && rebuilding === null && isDone(position)) &&
          reactors.every(({ position, waiting }) => isDone(position) && waiting === 0)
        );
      });

    async function portal(): Promise<string> {
      const { result } = await one.command('CreatePortal', {
        name: crypto.randomUUID(),
        auto_approve_developers: true,
      });
      return result.id;
    }

    /** Sign-ups, each of which is followed by one mail; the number made until it is told to stop. */
    function signUps(portalId: string): { readonly stop: () => Promise<number> } {
      let stopping = false;
      const writers = [one, two, one, two].map(async (client) => {
        let count = 0;
        for (; !stopping; count += 1) {
          await client.command('RegisterDeveloper', {
            portal_id: portalId,
            email: `${crypto.randomUUID()}@example.com`,
            full_name: 'Ada Lovelace',
          });
        }
        return count;
      });
      return {
        async stop() {
          stopping = true;
          return (await Promise.all(writers)).reduce((sum, count) => sum + count, 0);
        },
      };
    }

    /** What each view holds. */
    async function documents(): Promise<ReadonlyMap<string, readonly object[]>> {
      const store = await openMongoReadModels({ url: engines.env['GATEHOUSE_READ_MODELS']! });
      const found = new Map<string, readonly object[]>();
      for (const view of allViews) {
        const collection = (await store.pointer(lineOf(view)))!;
        found.set(view.name, await store.find(collection, { where: [], limit: 100_000 }));
      }
      await store.close();
      return found;
    }

    async function expectRebuiltTheSame(): Promise<void> {
      await settled();
      const before = await documents();
      expect((await one.send('POST', '/views/rebuild')).status).toBe(202);
      await until(async () => (await status()).views.some(({ rebuilding }) => rebuilding !== null));
      await settled();
      expect(await documents()).toEqual(before);
    }

    /** Every mail was sent, and hardly any twice: those that were under way when the owner went. */
    async function expectMails(signedUp: number, sentBefore: number): Promise<void> {
      await settled();
      const sent = mails.ids.slice(sentBefore);
      const distinct = new Set(sent);
      expect(distinct.size).toBe(signedUp);
      expect(sent.length - distinct.size).toBeLessThanOrEqual(AT_ONCE);
    }

    it('have one owner of everything, and show each write to whoever asks any copy for it', async () => {
      await owner();
      for (let n = 0; n < 20; n += 1) {
        const name = crypto.randomUUID();
        const [writer, reader] = n % 2 === 0 ? [one, two] : [two, one];
        const made = await writer.send<{ id: string }>('POST', '/v2/api-products', { body: { name } });
        const found = await reader.get<{ data: { id: string }[] }>(
          `/v2/api-products?filter%5Bname%5D%5Beq%5D=${name}`,
          { 'gatehouse-at-least': made.headers.get('gatehouse-position')! },
        );
        expect(found.body.data.map(({ id }) => id)).toEqual([made.body.id]);
      }
    });

    it('go on when their owner is killed under load', async () => {
      const portalId = await portal();
      const sentBefore = mails.ids.length;
      const load = signUps(portalId);
      await delay(1_000);
      const killed = await owner();
      const killedAt = performance.now();
      await killed.kill();
      await until(async () => (await held(other(killed))).length === ALL_LEASES);
      const tookMs = Math.round(performance.now() - killedAt);
      process.stderr.write(`a killed owner was replaced after ${tookMs} ms\n`);
      await delay(500);
      const signedUp = await load.stop();
      projectors = [other(killed), await start('projector')];
      await expectMails(signedUp, sentBefore);
      await expectRebuiltTheSame();
    });

    it('are not written over by an owner that was stopped and comes back', async () => {
      const portalId = await portal();
      const sentBefore = mails.ids.length;
      const load = signUps(portalId);
      await delay(1_000);
      const stopped = await owner();
      stopped.send('SIGSTOP');
      await until(async () => (await held(other(stopped))).length === ALL_LEASES);
      await delay(500);
      stopped.send('SIGCONT');
      await delay(1_000);
      const signedUp = await load.stop();
      expect(await held(stopped)).toEqual([]);
      await expectMails(signedUp, sentBefore);
      await expectRebuiltTheSame();
    });

    it('carry a removal on once, whoever does it', async () => {
      const portalId = await portal();
      const people = await Promise.all(
        Array.from({ length: 20 }, () =>
          one.command('RegisterDeveloper', {
            portal_id: portalId,
            email: `${crypto.randomUUID()}@example.com`,
            full_name: 'Ada Lovelace',
          }),
        ),
      );
      const mine = await owner();
      const deleting = one.command('DeletePortal', { portal_id: portalId, force: true });
      mine.send('SIGSTOP');
      await deleting;
      await until(async () => (await held(other(mine))).length === ALL_LEASES);
      mine.send('SIGCONT');
      await settled();
      for (const { result } of people) {
        const { body } = await one.get<{ data: { type: string }[] }>(
          `/audit/events?subject=${result.id}&type=developer.removed.v1`,
        );
        expect(body.data).toHaveLength(1);
      }
    });
  });
});
