/** The embedded engine: one process on a data folder, which is killed and started again. */
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { checkCascades } from './checks/cascades.js';
import { checkMails } from './checks/mails.js';
import { checkRecord } from './checks/record.js';
import { checkViews, differences } from './checks/views.js';
import { startClients } from './clients.js';
import { copyFiles, dumpViews, readEvents, readLog, type LogContents } from './engine-files.js';
import { probeClaims } from './probes.js';
import { quiet } from './quiet.js';
import type { Options, Run } from './run.js';
import { prepare } from './scene.js';
import { withKeyring } from './secrets.js';
import { refreshSession, type Connection } from './send.js';
import { startServer, type ServerProcess } from './server-process.js';
import { settleAll } from './settle.js';
import type { Site } from './site.js';
import { errorsOf, killAtBirth, killAtStart } from './starts.js';

/** How many earlier answers each cycle asks for again; the end asks for all of them. */
const SAMPLE = 40;

export async function embeddedSite({ folder }: Options): Promise<Site> {
  const dataDir = join(folder, 'data');
  const scene = await prepare(dataDir, 6);

  async function cycle(run: Run): Promise<void> {
    const { tally, random, history, world } = run;
    if (random.chance(0.2)) await killAtStart(run, dataDir);
    if (random.chance(0.1)) await killAtBirth(run);
    const before = history.operations.length;
    await withServer(run, dataDir, async (server, connection) => {
      await settleAll(run, connection, SAMPLE);
      await quiet(connection, { reactors: false });
      run.report('otherwise', await probeClaims(connection, { ...run, events: await readEvents(dataDir) }));
      const load = startClients(connection, { clients: run.clients, world, history, random });
      await sleep(random.between(50, 1_200));
      await server.kill();
      run.report('otherwise', await load.ended);
    });
    tally.kills += 1;
    tally.inFlight += history.open().length;

    const crashed = join(run.folder, 'crashed');
    copyFiles(dataDir, crashed);
    const log = await checkFolder(run, crashed);
    const views = await checkViews(crashed, run.folder);
    run.report('otherwise', views.violations);
    const sent = history.operations.length - before;
    run.say(
      `cycle ${tally.cycles}: ${sent} operations, ${history.open().length} in flight, ${log.events.length} events`,
    );
  }

  /** On a server that ends in good order. */
  async function finish(run: Run): Promise<void> {
    await withServer(run, dataDir, async (server, connection) => {
      await settleAll(run, connection, Number.MAX_SAFE_INTEGER);
      run.report('otherwise', await quiet(connection, { reactors: true }));
      await server.stop();
    });
    const { events } = await checkFolder(run, dataDir);
    run.report('otherwise', await withKeyring(dataDir, (keyring) => checkCascades(keyring, events)));
    const { mails, violations } = checkMails(join(dataDir, 'outbox'), events, scene.head);
    run.report('otherwise', violations);
    run.tally.mails = mails;
    const served = dumpViews(dataDir);
    const copy = join(run.folder, 'copy');
    copyFiles(dataDir, copy);
    const views = await checkViews(copy, run.folder);
    run.report('otherwise', [...views.violations, ...differences(served, dumpViews(copy))]);
    run.tally.documents = served.size;
  }

  return {
    title: 'embedded engine',
    scene,
    log: () => readLog(dataDir),
    cycle,
    finish,
    close: async () => undefined,
  };
}

/** The log is checked as the crash has left it: what was acknowledged is there, and what else is there was under way. */
async function checkFolder(run: Run, dataDir: string): Promise<LogContents> {
  const log = await readLog(dataDir);
  await withKeyring(dataDir, (keyring) => checkRecord(run, log, keyring));
  return log;
}

/** Lends a server that listens, with every session prolonged; it has ended afterwards. What it logged is no good sign. */
async function withServer(
  run: Run,
  dataDir: string,
  use: (server: ServerProcess, connection: Connection) => Promise<void>,
): Promise<void> {
  const server = startServer(dataDir);
  try {
    const connection = { url: await server.listening, adminToken: run.scene.adminToken };
    await Promise.all(run.scene.people.map((person) => refreshSession(connection, person)));
    await use(server, connection);
  } finally {
    if (server.alive()) await server.kill();
    run.report('otherwise', errorsOf(server));
  }
}
