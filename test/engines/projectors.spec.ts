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
/** FerretDB does one thing at a time, and the machine may be busy. */
const PATIENCE_MS = 300_000;
/** By each of two writers. */
const SIGN_UPS = 15;

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
      projectors = [await start('projector'), await start('projector')];
      apis = await Promise.all([start('serve'), start('serve')]);
      [one, two] = apis.map(({ url }) => testClient(url, TOKEN)) as [TestClient, TestClient];
      await until(async () => (await one.get('/readyz')).status === 200);
      await until(async () => (await two.get('/readyz')).status === 200);
    }, PATIENCE_MS);
    afterAll(async () => {
      const codes = await Promise.all([...apis, ...projectors].map((each) => each.stop()));
      await engines.close();
      await mails.stop();
      rmSync(folder, { recursive: true, force: true });
      expect(codes).toEqual([0, 0, 0, 0]);
    }, PATIENCE_MS);

    async function until(condition: () => Promise<boolean>): Promise<void> {
      while (!(await condition())) await delay(50);
    }

    /** The leases that a projector says it holds. */
    async function held({ url }: Process): Promise<readonly string[]> {
      const text = await (await fetch(`${url}/metrics`)).text();
      return [...text.matchAll(/^gatehouse_lease_held\{lease="(.*)"\} 1$/gm)].map(([, lease]) => lease!);
    }

    /** Every view, and each of the reactors that share an outbox. */
    const leaseCount = async (): Promise<number> => allViews.length + (await status()).reactors.length;
    /** The one that runs most, which is all unless the machine is so busy that leases change hands. */
    async function owner(): Promise<Process> {
      for (;;) {
        const [first, second] = await Promise.all(projectors.map(held));
        if (first!.length !== second!.length) return projectors[first!.length > second!.length ? 0 : 1]!;
        await delay(100);
      }
    }
    const takesOver = async (successor: Process): Promise<void> => {
      const count = await leaseCount();
      await until(async () => (await held(successor)).length === count);
    };
    const other = (than: Process): Process => projectors.find((each) => each !== than)!;

    const status = async (): Promise<Status> => (await one.get<Status>('/status')).body;

    /** Until every view and every reactor has done what there is to do. */
    const settled = (): Promise<void> =>
      until(async () => {
        const { log, views, reactors } = await status();
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

    /** Sign-ups at both copies, each followed by one mail. `began` resolves when some are done, `ended` with their number. */
    function signUps(portalId: string): { readonly began: Promise<void>; readonly ended: Promise<number> } {
      let begin: () => void;
      const began = new Promise<void>((resolve) => (begin = resolve));
      const writers = [one, two].map(async (client) => {
        for (let count = 0; count < SIGN_UPS; count += 1) {
          if (count === 3) begin();
          await client.command('RegisterDeveloper', {
            portal_id: portalId,
            email: `${crypto.randomUUID()}@example.com`,
            full_name: 'Ada Lovelace',
          });
        }
      });
      return { began, ended: Promise.all(writers).then(() => 2 * SIGN_UPS) };
    }

    /** Where each view's documents are, and what they are. */
    async function documents(): Promise<{
      readonly collections: readonly string[];
      readonly found: ReadonlyMap<string, readonly object[]>;
    }> {
      const store = await openMongoReadModels({ url: engines.env['GATEHOUSE_READ_MODELS']! });
      const collections: string[] = [];
      const found = new Map<string, readonly object[]>();
      for (const view of allViews) {
        const collection = (await store.pointer(lineOf(view)))!;
        collections.push(collection);
        found.set(view.name, await store.find(collection, { where: [], limit: 100_000 }));
      }
      await store.close();
      return { collections, found };
    }

    async function expectRebuiltTheSame(): Promise<void> {
      await settled();
      const before = await documents();
      expect((await one.send('POST', '/views/rebuild')).status).toBe(202);
      await until(async () => {
        const { collections } = await documents();
        return collections.every((collection, index) => collection !== before.collections[index]);
      });
      await settled();
      expect((await documents()).found).toEqual(before.found);
    }

    /** Every mail was sent, and hardly any twice: those that were under way when the owner went. */
    async function expectMails(signedUp: number, sentBefore: number): Promise<void> {
      await settled();
      const sent = mails.ids.slice(sentBefore);
      const distinct = new Set(sent);
      expect(distinct.size).toBe(signedUp);
      expect(sent.length - distinct.size).toBeLessThanOrEqual(AT_ONCE);
    }

    it(
      'show each write to whoever asks any copy for it',
      async () => {
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
      },
      PATIENCE_MS,
    );

    it(
      'go on when their owner is killed under load',
      async () => {
        const portalId = await portal();
        const sentBefore = mails.ids.length;
        const load = signUps(portalId);
        await load.began;
        const killed = await owner();
        const killedAt = performance.now();
        await killed.kill();
        await takesOver(other(killed));
        const tookMs = Math.round(performance.now() - killedAt);
        process.stderr.write(`a killed owner was replaced after ${tookMs} ms\n`);
        const signedUp = await load.ended;
        projectors = [other(killed), await start('projector')];
        await expectMails(signedUp, sentBefore);
        await expectRebuiltTheSame();
      },
      PATIENCE_MS,
    );

    it(
      'are not written over by an owner that was stopped and comes back',
      async () => {
        const portalId = await portal();
        const sentBefore = mails.ids.length;
        const load = signUps(portalId);
        await load.began;
        const stopped = await owner();
        stopped.send('SIGSTOP');
        await takesOver(other(stopped));
        stopped.send('SIGCONT');
        const signedUp = await load.ended;
        expect((await held(stopped)).length).toBeLessThan(await leaseCount());
        await expectMails(signedUp, sentBefore);
        await expectRebuiltTheSame();
      },
      PATIENCE_MS,
    );

    it(
      'carry a removal on once, whoever does it',
      async () => {
        const portalId = await portal();
        const people = await Promise.all(
          Array.from({ length: 8 }, () =>
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
        await takesOver(other(mine));
        mine.send('SIGCONT');
        await settled();
        for (const { result } of people) {
          const { body } = await one.get<{ data: { type: string }[] }>(
            `/audit/events?subject=${result.id}&type=developer.removed.v1`,
          );
          expect(body.data).toHaveLength(1);
        }
      },
      PATIENCE_MS,
    );
  });
});
