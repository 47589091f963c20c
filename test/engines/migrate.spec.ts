import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '../../apps/cli/migrate/command.js';
import { move } from '../../apps/cli/migrate/move.js';
import { openForMoving, type Movable } from '../../apps/engines/open.js';
import { engineSettings, type EngineConfig } from '../../apps/engines/settings.js';
import { openEventStoreDb } from '#event-store/eventstoredb/event-store.js';
import { FENCE } from '#event-store/technical.js';
import { openSqliteVault } from '#vault/sqlite/vault.js';
import { callWith, portal, signIn, walkGuide, type Person } from '../security/person.js';
import { commandsOf } from '../support/commands.js';
import { dropDatabase, freshDatabase } from '../support/mongodb.js';
import { portalScene, type PortalScene } from '../support/portal-scene.js';
import { startEventStore, type EventStoreDouble } from '../support/eventstore/server.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { withMongo } from './mongodb-server.js';
import { digestOf, told } from './moved.js';

const MASTER_KEY = '6b'.repeat(32);
const ADA = { email: 'ada@lovelace.example', full_name: 'Ada Lovelace', password: 'brief plum granite 40' };
const GONE = { email: 'mayfly@pond.example', full_name: 'Ephemera Danica', password: 'brief plum granite 41' };
const MINUTES = 60_000;

interface Side {
  readonly config: EngineConfig;
  readonly env: Record<string, string>;
}

const quiet = () => ({ update: () => undefined, done: () => undefined });

describe('An installation that is moved to other engines', () => {
  let folder: string;
  let double: EventStoreDouble;
  let embedded: Side;
  let scene: PortalScene;
  let person: Person;
  let before: unknown;

  const side = (name: string, settings: Record<string, string> = {}): Side => {
    const dataDir = join(folder, name);
    mkdirSync(dataDir, { recursive: true });
    const env = { GATEHOUSE_DATA_DIR: dataDir, GATEHOUSE_MASTER_KEY: MASTER_KEY, ...settings };
    return { config: { dataDir, engines: engineSettings(settings) }, env };
  };
  const start = (on: Side, env: Record<string, string> = {}): Promise<TestServer> =>
    startTestServer({ ...on.env, ...env });
  const mailsOf = (on: Side): readonly string[] => {
    const outbox = join(on.config.dataDir, 'outbox');
    if (!existsSync(outbox)) return [];
    return readdirSync(outbox).map((name) => readFileSync(join(outbox, name), 'utf8'));
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-migrate-'));
    double = await startEventStore();
    embedded = side('embedded');
    const first = await start(embedded);
    const send = commandsOf(first);
    scene = await portalScene(send, 'Moving');
    person = await walkGuide(first, scene, ADA, send);
    const gone = await walkGuide(first, scene, GONE, send);
    await send('RemoveDeveloper', { developer_id: gone.developerId });
    await first.services.reactors.settled();
    before = await told(first, { application: person.applicationId });
    await first.stop();
    // Nobody takes mails now: the last decision's is still to be sent.
    const second = await start(embedded, { GATEHOUSE_MAIL: 'smtp://127.0.0.1:1' });
    await commandsOf(second)('RevokeApp', { application_id: person.applicationId, reason: 'The contract has ended' });
    await commandsOf(second)('ApproveApp', { application_id: person.applicationId, reason: 'There is a new contract', registration_ids: [person.registrationId] }); // prettier-ignore
    await second.services.reactors.settled();
    expect(second.services.reactors.status().find(({ name }) => name === 'mail')?.waiting).toBeGreaterThan(0);
    before = await told(second, { application: person.applicationId });
    await second.stop();
  }, 2 * MINUTES);
  afterAll(async () => {
    await double.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Everything that people have still works, and is as it was. */
  async function expectMoved(on: Side): Promise<void> {
    const server = await start(on);
    try {
      expect(await server.services.projections.waitFor(await server.services.store.head(), 20_000)).toBe(true);
      expect(await told(server, { application: person.applicationId })).toEqual(before);
      expect(await callWith(server, scene, person.key)).toBe(200);
      await portal(server, 'GET', '/developer/me', 200, { headers: { cookie: person.cookie } });
      await signIn(server, ADA);
      await expect(signIn(server, GONE)).rejects.toThrow('401');
      const mine = { cookie: person.cookie, 'idempotency-key': `key-of-${person.developerId}` };
      const repeated = await portal(server, 'POST', `/applications/${person.applicationId}/credentials`, 201, {
        headers: mine,
        body: { display_name: 'production' },
      });
      expect(repeated.body['credential']).toBe(person.key);
      const send = commandsOf(server);
      await expect(send('CreatePortal', { name: 'Moving' })).rejects.toThrow('portal_name_taken');
      const again = { portal_id: scene.portal, email: GONE.email, full_name: GONE.full_name };
      expect((await send('RegisterDeveloper', again)).id).not.toBe(person.developerId);
      expect(server.logLines.filter((line) => line.includes('"level":50'))).toEqual([]);
    } finally {
      await server.stop();
    }
  }

  /** The mail that was under way is sent, once; none that was sent before. */
  async function expectOneMail(on: Side): Promise<void> {
    const server = await start(on);
    try {
      server.advance(10 * MINUTES);
      await server.services.reactors.retryParked();
      for (let tries = 0; mailsOf(on).length === 0 && tries < 100; tries++) await server.services.reactors.settled();
      expect(mailsOf(on).map((mail) => /^To: .*$/m.exec(mail)?.[0])).toEqual([expect.stringContaining(ADA.email)]);
      expect(mailsOf(on)[0]).toContain('There is a new contract');
    } finally {
      await server.stop();
    }
  }

  it(
    'is the same on EventStoreDB, and again in a folder, fences and all',
    async () => {
      const onServer = side('mixed', { GATEHOUSE_EVENT_STORE: double.url });
      const there = await migrate(embedded.config, onServer.config, quiet);
      expect(there).toMatchObject({ digest: (await digestOf(embedded.config)).root, documents: 0 });
      await expectOneMail(onServer);
      const served = await digestOf(onServer.config);
      expect(served).toMatchObject({ root: there.digest });

      // A fence on the server, as an append that was given up leaves it.
      const vault = openSqliteVault({ file: join(onServer.config.dataDir, 'vault.db') });
      const store = await openEventStoreDb({ connectionString: double.url, vault });
      const stream = `application-${person.applicationId}`;
      const revision = (await store.readStream(stream)).at(-1)!.revision;
      const fence = { id: crypto.randomUUID(), type: FENCE, data: {}, metadata: {} };
      await store.append({ stream, expectedRevision: revision, events: [fence] });
      await store.close();
      await vault.close();

      const back = side('back');
      const returned = await migrate(onServer.config, back.config, quiet);
      expect(returned).toMatchObject({ digest: served.root, events: served.count });
      expect(await digestOf(back.config)).toEqual({ ...served, fences: 1 });
      await expectMoved(back);
      expect(mailsOf(back).filter((mail) => mail.includes('new contract'))).toEqual([]);
      const server = await start(back);
      await commandsOf(server)('EditApplication', {
        application_id: person.applicationId,
        description: 'After the fence',
      });
      expect((await server.services.store.readStream(stream)).at(-1)!.revision).toBe(revision + 2);
      await server.stop();
    },
    3 * MINUTES,
  );

  it(
    'goes on wherever it was cut off, and arrives once',
    async () => {
      const whole = await migrate(embedded.config, side('whole').config, quiet);
      const target = side('cut');
      let left = 0;
      let tries = 0;
      let arrived = false;
      /** Cut off before the change number `left`. */
      const cut = (movable: Movable): Movable => {
        const guard = <T extends object>(part: T, names: readonly string[]): T =>
          new Proxy(part, {
            get(object, name) {
              const method = Reflect.get(object, name) as (...values: unknown[]) => unknown;
              if (!names.includes(String(name))) return method;
              return (...values: unknown[]) => {
                if (left === 0) throw new Error('cut off');
                left -= 1;
                return method.apply(object, values);
              };
            },
          });
        return {
          ...movable,
          log: guard(movable.log, ['begin', 'write', 'hold', 'keep', 'finish']),
          vault: guard(movable.vault, ['put', 'insert', 'delete']),
          blobs: guard(movable.blobs, ['put']),
          consumption: guard(movable.consumption, ['putPortion']),
        };
      };
      for (let after = 0; ; after = after < 12 ? after + 1 : after + 9) {
        left = after;
        const [source, to] = [
          await openForMoving(embedded.config, 'source'),
          await openForMoving(target.config, 'target'),
        ];
        tries += 1;
        try {
          const moved = await move(source, cut(to), { progress: quiet, watchMs: 1 });
          expect(moved).toMatchObject({ digest: whole.digest, events: whole.events, records: whole.records });
          break;
        } catch (error) {
          expect((error as Error).message).toBe('cut off');
          arrived = (await to.log.arrival())?.finished === true;
        } finally {
          await to.close();
          await source.close();
        }
        if (arrived) break;
        if (after > 0) await expect(start(target)).rejects.toThrow('not all have arrived');
      }
      expect(tries).toBeGreaterThan(15);
      await expectMoved(target);
    },
    3 * MINUTES,
  );

  it(
    'is not put where anything else is, nor twice',
    async () => {
      const other = side('other');
      const server = await start(other);
      await commandsOf(server)('CreatePortal', { name: 'Other' });
      await server.stop();
      await expect(migrate(embedded.config, other.config, quiet)).rejects.toThrow('in use');
      const done = side('done');
      await migrate(embedded.config, done.config, quiet);
      expect(await migrate(embedded.config, done.config, quiet)).not.toHaveProperty('records');
      const moved = await start(done);
      await commandsOf(moved)('CreatePortal', { name: 'New there' });
      await moved.stop();
      await expect(migrate(embedded.config, done.config, quiet)).rejects.toThrow('more events than the source');
      expect((await digestOf(done.config)).count).toBe((await digestOf(embedded.config)).count + 1);
    },
    MINUTES,
  );

  it(
    'must be stopped',
    async () => {
      const server = await start(embedded);
      // Another process holds the lock in production; here, the log is written meanwhile.
      const source = await openForMoving(embedded.config, 'source');
      const to = await openForMoving(side('late').config, 'target');
      const late: Movable = {
        ...to,
        consumption: {
          ...to.consumption,
          async putPortion(portion) {
            await commandsOf(server)('CreatePortal', { name: `Late ${crypto.randomUUID()}` });
            await to.consumption.putPortion(portion);
          },
        },
      };
      await expect(move(source, late, { progress: quiet, watchMs: 1 })).rejects.toThrow('written to meanwhile');
      await to.close();
      await source.close();
      await server.stop();
      await expect(start(side('late'))).rejects.toThrow('not all have arrived');
    },
    MINUTES,
  );

  withMongo('Moving to MongoDB and back', (address) =>
    it(
      'is the same on EventStoreDB and MongoDB, and again in a folder',
      async () => {
        const database = freshDatabase();
        const url = new URL(address);
        url.pathname = `/${database}`;
        const own = await startEventStore();
        try {
          const servers = side('servers', { GATEHOUSE_EVENT_STORE: own.url, GATEHOUSE_READ_MODELS: url.href });
          const there = await migrate(side('back').config, servers.config, quiet);
          before = await inThePast(side('back'));
          const back = side('again');
          const returned = await migrate(servers.config, back.config, quiet);
          expect(returned.digest).toBe(there.digest);
          expect(await inThePast(back)).toEqual(before);
        } finally {
          await own.stop();
          await dropDatabase(address, database);
        }
      },
      4 * MINUTES,
    ),
  );

  async function inThePast(on: Side): Promise<unknown> {
    const server = await start(on);
    try {
      expect(await server.services.projections.waitFor(await server.services.store.head(), 20_000)).toBe(true);
      return await told(server, { application: person.applicationId });
    } finally {
      await server.stop();
    }
  }
});
