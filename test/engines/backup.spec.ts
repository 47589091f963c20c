import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import type { Doc } from '#read-models/port.js';
import type { StoredEvent } from '#event-store/port.js';
import { openSqliteReadModels } from '#read-models/sqlite/read-models.js';
import { allViews } from '#read-models/views/index.js';
import { signIn, walkGuide, type Person } from '../security/person.js';
import { commandsOf, type Send } from '../support/commands.js';
import { startEventStore, type EventStoreDouble } from '../support/eventstore/server.js';
import { portalScene } from '../support/portal-scene.js';
import { startTestServer, type TestServer } from '../support/server.js';

const MASTER_KEY = '7c'.repeat(32);
const ADA = { email: 'ada@lovelace.example', full_name: 'Ada Lovelace', password: 'brief plum granite 40' };
const GONE = { email: 'mayfly@pond.example', full_name: 'Ephemera Danica', password: 'brief plum granite 41' };
const MINUTES = 60_000;

/** As `sqlite3 file ".backup copy"`: a whole copy of a file in use. */
function copySqlite(file: string, copy: string): void {
  const db = new DatabaseSync(file);
  db.prepare('VACUUM INTO ?').run(copy);
  db.close();
}

/** What has to be there after a restore: events as they were, in their order. */
const told = (events: readonly StoredEvent[]) => events.map(({ id, stream, revision }) => [id, stream, revision]);

/** Every document that is served, by view, once all have read the whole log. */
async function documents({ services, dataDir }: TestServer): Promise<Readonly<Record<string, readonly Doc[]>>> {
  await services.reactors.settled();
  expect(await services.projections.waitFor(await services.store.head(), 20_000)).toBe(true);
  const store = openSqliteReadModels({ file: join(dataDir, 'views.db'), readOnly: true });
  try {
    const served = allViews.map(async ({ name }): Promise<[string, readonly Doc[]]> => {
      const collection = await store.pointer(name);
      return [name, await store.find(collection!, { where: [], limit: 100_000 })];
    });
    return Object.fromEntries(await Promise.all(served));
  } finally {
    await store.close();
  }
}

/** An installation with its files in one folder: of the embedded engine, and of the double where the log is on it. */
interface Place {
  readonly folder: string;
  readonly log: 'sqlite' | 'eventstoredb';
}

let folder: string;
let double: EventStoreDouble | undefined;

async function start({ folder: files, log }: Place): Promise<TestServer> {
  const dataDir = join(files, 'data');
  mkdirSync(dataDir, { recursive: true });
  if (log === 'eventstoredb') double = await startEventStore({ folder: join(files, 'events') });
  return startTestServer({
    GATEHOUSE_DATA_DIR: dataDir,
    GATEHOUSE_MASTER_KEY: MASTER_KEY,
    ...(double && { GATEHOUSE_EVENT_STORE: double.url }),
  });
}

async function stop(server: TestServer): Promise<void> {
  await server.stop();
  await double?.stop();
  double = undefined;
}

/** In the order that docs/operations.md names: the log first. Of EventStoreDB, checkpoint files before data files. */
function backUp(
  { folder: files, log }: Place,
  to: string,
  which: readonly ('log' | 'blobs' | 'vault' | 'views')[],
): void {
  mkdirSync(join(to, 'data'), { recursive: true });
  for (const name of which) {
    if (name === 'log' && log === 'eventstoredb')
      cpSync(join(files, 'events'), join(to, 'events'), { recursive: true });
    else copySqlite(join(files, 'data', `${name}.db`), join(to, 'data', `${name}.db`));
  }
}

/** Products one after the other until it is told to stop: a command under way at every moment. */
function load(send: Send): { stop(): Promise<number> } {
  let stopped = false;
  let count = 0;
  const running = (async () => {
    while (!stopped) await send('CreateProduct', { name: `Loaded ${count++}` });
  })();
  return {
    async stop() {
      stopped = true;
      await running;
      return count;
    },
  };
}

describe.each(['sqlite', 'eventstoredb'] as const)('A backup with the log on %s', (log) => {
  let place: Place;
  let person: Person;
  let gone: Person;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-backup-'));
    place = { folder: join(folder, 'installation'), log };
  });
  afterEach(async () => {
    await double?.stop();
    double = undefined;
    rmSync(folder, { recursive: true, force: true });
  });

  async function fill(server: TestServer): Promise<Send> {
    const send = commandsOf(server);
    const scene = await portalScene(send, 'Kept');
    person = await walkGuide(server, scene, ADA, send);
    gone = await walkGuide(server, scene, GONE, send);
    return send;
  }

  /** Every sealed text of the log that opens. */
  async function opened({ services }: TestServer): Promise<string> {
    const events = await services.store.readAll({ after: 0n, limit: 10_000 });
    const sealed = JSON.stringify(events.map(({ data }) => data)).match(/sealed:v1:[\w-]+/g) ?? [];
    return (await services.keyring.openMany(sealed)).join('\n');
  }

  it(
    'that is made under load is whole: nothing before it is lost, and views equal those that are built anew',
    async () => {
      const server = await start(place);
      const send = await fill(server);
      const running = load(send);
      for (let waited = 0; waited < 5; waited++) await send('CreateProduct', { name: `Product ${waited}` });
      const before = await server.services.store.readAll({ after: 0n, limit: 10_000 });
      const copy = { folder: join(folder, 'copy'), log };
      backUp(place, copy.folder, ['log', 'blobs', 'vault']);
      await send('CreateProduct', { name: 'After the backup' });
      await send('RemoveDeveloper', { developer_id: gone.developerId });
      expect(await running.stop()).toBeGreaterThan(0);
      await stop(server);

      const restored = await start(copy);
      const after = await restored.services.store.readAll({ after: 0n, limit: 10_000 });
      expect(told(after).slice(0, before.length)).toEqual(told(before));
      expect(after.map(({ data }) => data['name'])).not.toContain('After the backup');
      const live = await documents(restored);
      await signIn(restored, ADA);
      // Who was removed after the backup is remembered: the log has no removal.
      expect(await opened(restored)).toContain(GONE.full_name);
      await commandsOf(restored)('CreateProduct', { name: 'Goes on' });
      await stop(restored);

      for (const end of ['', '-wal', '-shm']) rmSync(join(copy.folder, 'data', `views.db${end}`), { force: true });
      const anew = await start(copy);
      const rebuilt = await documents(anew);
      expect(rebuilt['products']!.length).toBe(live['products']!.length + 1);
      await stop(anew);
    },
    2 * MINUTES,
  );

  it(
    'of the log that is restored behind the views makes them anew, and they do not go on',
    async () => {
      const server = await start(place);
      const send = await fill(server);
      const copy = join(folder, 'copy');
      backUp(place, copy, ['log']);
      for (const name of ['Lost one', 'Lost two', 'Lost three']) await send('CreatePortal', { name });
      expect(JSON.stringify(await documents(server))).toContain('Lost two');
      await stop(server);

      // The views stay; the log goes back, and comes to be as long as it was with other events.
      if (log === 'eventstoredb') {
        rmSync(join(place.folder, 'events'), { recursive: true });
        cpSync(join(copy, 'events'), join(place.folder, 'events'), { recursive: true });
      } else {
        for (const end of ['', '-wal', '-shm']) rmSync(join(place.folder, 'data', `log.db${end}`), { force: true });
        cpSync(join(copy, 'data', 'log.db'), join(place.folder, 'data', 'log.db'));
      }
      const restored = await start(place);
      const sendAgain = commandsOf(restored);
      for (const name of ['New one', 'New two', 'New three', 'New four']) await sendAgain('CreatePortal', { name });
      const live = await documents(restored);
      expect(JSON.stringify(live)).not.toContain('Lost');
      expect(JSON.stringify(live)).toContain('New four');
      await stop(restored);

      for (const end of ['', '-wal', '-shm']) rmSync(join(place.folder, 'data', `views.db${end}`), { force: true });
      const anew = await start(place);
      expect(await documents(anew)).toEqual(live);
      await stop(anew);
    },
    2 * MINUTES,
  );

  it(
    'of the vault that is older than the log forgets whom the log has removed, before anything is served',
    async () => {
      const server = await start(place);
      const send = await fill(server);
      const copy = join(folder, 'copy');
      backUp(place, copy, ['vault']);
      await send('RemoveDeveloper', { developer_id: gone.developerId });
      await server.services.reactors.settled();
      expect(await opened(server)).not.toContain(GONE.full_name);
      await stop(server);

      for (const end of ['', '-wal', '-shm']) rmSync(join(place.folder, 'data', `vault.db${end}`), { force: true });
      cpSync(join(copy, 'data', 'vault.db'), join(place.folder, 'data', 'vault.db'));
      const restored = await start(place);
      expect(await opened(restored)).not.toContain(GONE.full_name);
      expect(await opened(restored)).toContain(ADA.full_name);
      expect(restored.logLines.some((line) => line.includes('removal is in the log'))).toBe(true);
      await signIn(restored, person);
      await restored.services.reactors.settled();
      await expect(signIn(restored, gone)).rejects.toThrow('401');
      expect(await restored.services.passwords.has(gone.developerId)).toBe(false);
      await stop(restored);
    },
    2 * MINUTES,
  );
});
