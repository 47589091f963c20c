/** Server engines: two servers, two projectors, an event store, a view store and a vault, each a process that may be killed. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { openEngines } from '../../../apps/engines/open.js';
import { engineSettings } from '../../../apps/engines/settings.js';
import { observeServiceReactors, observeViews } from '../../../apps/projector/observe.js';
import { openSqliteBlobs } from '#blobs/sqlite/blobs.js';
import { openKeyring, type Keyring } from '#vault/keyring.js';
import { checkCascades } from '../checks/cascades.js';
import { checkLog } from '../checks/log.js';
import { checkMails } from '../checks/mails.js';
import { checkRecord } from '../checks/record.js';
import { differences } from '../checks/views.js';
import { startClients } from '../clients.js';
import { catchUp, dumpServed, dumpViews, type LogContents } from '../engine-files.js';
import { probeClaims } from '../probes.js';
import { quiet } from '../quiet.js';
import type { Random } from '../random.js';
import type { Options, Run } from '../run.js';
import { prepareOn } from '../scene.js';
import { refreshSession, type Connection } from '../send.js';
import { settleAll } from '../settle.js';
import type { Site } from '../site.js';
import { startCopy, startStores, type Part } from './parts.js';
import { readServerEvents, readServerLog } from './record.js';

const SAMPLE = 40;
const EVERYTHING = Number.MAX_SAFE_INTEGER;

export async function serversSite({ folder }: Options): Promise<Site> {
  const stores = await startStores(folder);
  const masterKey = randomBytes(32);
  const env = {
    ...stores.env,
    GATEHOUSE_MASTER_KEY: masterKey.toString('hex'),
    GATEHOUSE_ADMIN_TOKEN: randomBytes(24).toString('base64url'),
    GATEHOUSE_PORTAL_URL: 'https://portal.example',
  };
  // Projectors share a folder: a mail that is sent again replaces its file, whoever sends it.
  const mailsOf = join(folder, 'projectors');
  const projectors = await Promise.all(
    [1, 2].map((n) => startCopy('projector', `projector ${n}`, { dataDir: mailsOf, env })),
  );
  const config = { dataDir: join(folder, 'harness'), engines: engineSettings(env) };
  mkdirSync(config.dataDir);
  const scene = await prepareOn({ ...env, GATEHOUSE_DATA_DIR: config.dataDir }, 6, {
    startProjections: (_, log, engines) => observeViews(engines, log),
    startReactors: observeServiceReactors,
  });
  const servers = await Promise.all(
    [1, 2].map((n) => startCopy('serve', `server ${n}`, { dataDir: join(folder, `server-${n}`), env })),
  );
  const copies = [...servers, ...projectors];
  const parts: readonly Part[] = [...copies, ...stores.parts];
  const engines = await openEngines(config);
  const connection = inTurn(
    servers.map(({ url }) => url),
    scene.adminToken,
  );
  /** Afresh each time: it keeps keys for a while, forgotten ones too. */
  const keyring = (): Promise<Keyring> => openKeyring({ vault: engines.vault, masterKey, create: false });
  const log = (): Promise<LogContents> => readServerLog(engines);
  let known = await log();

  async function cycle(run: Run): Promise<void> {
    const { tally, random, history } = run;
    const before = history.operations.length;
    await refreshAll(run, connection);
    run.report('otherwise', await probeClaims(connection, { ...run, events: known.events }));
    const load = startClients(connection, run);
    await sleep(random.between(300, 1_500));
    const victims = pickSome(parts, random);
    const killed = victims.map(({ name }) => name).join(', ');
    run.say(`cycle ${tally.cycles}: ${killed} killed`);
    await Promise.all(victims.map(({ kill }) => kill()));
    await sleep(random.between(0, 2_000));
    await Promise.all(victims.map(({ start }) => start()));
    await sleep(random.between(200, 1_000));
    load.finish();
    run.report('otherwise', await load.ended);
    tally.kills += victims.length;
    const open = history.open().length;
    tally.inFlight += open;
    await checkOpen(run);
    await check(run, SAMPLE);
    const sent = history.operations.length - before;
    run.say(`  ${sent} operations, ${open} in flight, ${known.events.length} events`);
  }

  /** Before anything is sent again: what is there without an answer was under way. */
  async function checkOpen(run: Run): Promise<void> {
    const { lost, foreign, inFlight } = checkLog(await readServerEvents(engines), scene.head, run.history.operations);
    run.tally.carriedOut += inFlight;
    run.report('lost', lost);
    run.report('foreign', foreign);
  }

  async function check(run: Run, sample: number): Promise<void> {
    const ended = parts.map(({ name, endedByItself }) => [name, endedByItself()] as const);
    run.report(
      'otherwise',
      ended.flatMap(([name, output]) => (output === undefined ? [] : [`${name} ended by itself: ${output}`])),
    );
    await settleAll(run, connection, sample);
    run.report('otherwise', await quiet(connection, { reactors: true }));
    known = await log();
    await checkRecord(run, known, await keyring());
    await checkServed(run);
  }

  /** What the servers' views hold is what the same log makes of an empty file. */
  async function checkServed(run: Run): Promise<void> {
    const head = await engines.store.head();
    const served = await dumpServed(engines.readModels);
    const dataDir = mkdtempSync(join(folder, `rebuilt-${run.tally.cycles}-`));
    await openSqliteBlobs({ file: join(dataDir, 'blobs.db') }).close();
    const reached = await catchUp(dataDir, { ...config.engines, readModels: { engine: 'sqlite' } });
    if (reached !== head) {
      // a key has expired meanwhile, which the service records by itself once a minute
      await quiet(connection, { reactors: true });
      return checkServed(run);
    }
    run.report('otherwise', differences(served, dumpViews(dataDir)));
    run.tally.documents = served.size;
  }

  /** Leaves in the folder how everything stands when the service does not do what it is asked. */
  async function explained(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      const told = await Promise.all(
        copies.map(({ name, url, output }) => standing(name, url, scene.adminToken, output())),
      );
      writeFileSync(join(folder, 'standing.txt'), told.join('\n\n'));
      throw error;
    }
  }

  async function finish(run: Run): Promise<void> {
    await refreshAll(run, connection);
    await check(run, EVERYTHING);
    const { events } = known;
    run.report('otherwise', await checkCascades(await keyring(), events));
    const { mails, violations } = checkMails(join(mailsOf, 'outbox'), events, scene.head);
    run.report('otherwise', violations);
    run.tally.mails = mails;
    await Promise.all(copies.map(({ stop }) => stop()));
  }

  return {
    title: 'EventStoreDB and MongoDB',
    scene,
    log,
    cycle: (run) => explained(cycle(run)),
    finish: (run) => explained(finish(run)),
    async close() {
      await engines.close();
      await Promise.all(copies.filter(({ endedByItself }) => endedByItself() === undefined).map(({ kill }) => kill()));
      await stores.close();
    },
  };
}

async function standing(name: string, url: string, token: string, output: string): Promise<string> {
  const get = (path: string): Promise<string> =>
    fetch(url + path, { headers: { authorization: `Bearer ${token}` }, signal: AbortSignal.timeout(5_000) }).then(
      async (answer) => `${path}: ${answer.status} ${await answer.text()}`,
      (error: Error) => `${path}: ${error.message}`,
    );
  return [`== ${name}`, await get('/status'), await get('/readyz'), await get('/metrics'), output].join('\n');
}

/** Every request goes to the next of the servers, as a proxy does it. */
function inTurn(urls: readonly string[], adminToken: string): Connection {
  let next = 0;
  return {
    adminToken,
    patient: true,
    get url() {
      return urls[next++ % urls.length]!;
    },
  };
}

/** One, now and then two or three at once. */
function pickSome<T>(all: readonly T[], random: Random): readonly T[] {
  const left = [...all];
  const count = random.chance(0.6) ? 1 : random.between(2, 3);
  return Array.from({ length: count }, () => left.splice(random.between(0, left.length - 1), 1)[0]!);
}

async function refreshAll({ scene }: Run, connection: Connection): Promise<void> {
  for (const person of scene.people) while (!(await refreshSession(connection, person))) await sleep(100);
}
