import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { checkCascades } from './checks/cascades.js';
import { checkFiles } from './checks/files.js';
import { checkMails } from './checks/mails.js';
import { checkViews, differences } from './checks/views.js';
import { startClients, isRecorded } from './clients.js';
import { copyFiles, dumpViews, readLog } from './engine-files.js';
import { createHistory } from './history.js';
import { probeClaims } from './probes.js';
import { quiet } from './quiet.js';
import { seeded } from './random.js';
import type { Options, Run } from './run.js';
import { prepare, type Scene } from './scene.js';
import { withKeyring } from './secrets.js';
import { refreshSession, type Connection } from './send.js';
import { startServer, type ServerProcess } from './server-process.js';
import { settle } from './settle.js';
import { errorsOf, killAtBirth, killAtStart } from './starts.js';
import { newTally, type Tally } from './tally.js';
import { createWorld } from './world.js';

/** How many earlier answers each cycle asks for again; the end asks for all of them. */
const SAMPLE = 40;

/** Runs the cycles and the final check. Ends early when something is wrong: the folder then shows it. */
export async function runCycles(options: Options): Promise<{ tally: Tally; violations: readonly string[] }> {
  const dataDir = join(options.folder, 'data');
  const scene = await prepare(dataDir, 6);
  const violations: string[] = [];
  const tally = newTally();
  const run: Run = {
    ...{ ...options, dataDir, scene, tally },
    ...{ world: createWorld(scene), history: createHistory(), random: seeded(options.seed) },
    baseline: await baselineClaims(dataDir, scene),
    report(kind, found) {
      tally[kind] += found.length;
      violations.push(...found);
    },
  };
  try {
    while (tally.cycles < options.cycles && violations.length === 0) await cycle(run);
    if (violations.length === 0) await finish(run);
  } catch (error) {
    run.report('otherwise', [(error as Error).message]);
  }
  const { operations } = run.history;
  tally.sent = operations.length;
  tally.accepted = operations.filter(({ answer }) => answer && isRecorded(answer)).length;
  tally.refused = operations.filter(({ answer }) => answer && !isRecorded(answer)).length;
  return { tally, violations };
}

/** Claims of everything but developers and applications, which the clients make and end. */
async function baselineClaims(dataDir: string, scene: Scene): Promise<ReadonlyMap<string, string>> {
  const { claims } = await readLog(dataDir);
  const people = new Set(scene.people.map(({ id }) => `developer-${id}`));
  return new Map([...claims].filter(([, owner]) => !people.has(owner)));
}

async function cycle(run: Run): Promise<void> {
  const { tally, random, history, world } = run;
  tally.cycles += 1;
  if (random.chance(0.2)) await killAtStart(run, run.dataDir);
  if (random.chance(0.1)) await killAtBirth(run);
  const before = history.operations.length;
  await withServer(run, async (server, connection) => {
    await settleAll(run, connection, SAMPLE);
    run.report('otherwise', await probeClaims(connection, run));
    const load = startClients(connection, { clients: run.clients, world, history, random });
    await sleep(random.between(50, 1_200));
    await server.kill();
    run.report('otherwise', await load.ended);
  });
  tally.kills += 1;
  tally.inFlight += history.open().length;

  const crashed = join(run.folder, 'crashed');
  copyFiles(run.dataDir, crashed);
  const log = await checkFiles(run, crashed);
  const views = await checkViews(crashed, run.folder);
  run.report('otherwise', views.violations);
  const sent = history.operations.length - before;
  run.say(`cycle ${tally.cycles}: ${sent} operations, ${history.open().length} in flight, ${log.events.length} events`);
}

/** Lends a server that listens, with every session prolonged; it has ended afterwards. What it logged is no good sign. */
async function withServer(
  run: Run,
  use: (server: ServerProcess, connection: Connection) => Promise<void>,
): Promise<void> {
  const server = startServer(run.dataDir);
  try {
    const connection = { url: await server.listening, adminToken: run.scene.adminToken };
    await Promise.all(run.scene.people.map((person) => refreshSession(connection, person)));
    await use(server, connection);
  } finally {
    if (server.alive()) await server.kill();
    run.report('otherwise', errorsOf(server));
  }
}

async function settleAll(run: Run, connection: Connection, sample: number): Promise<void> {
  const settled = await settle(connection, { ...run, sample });
  run.tally.repeated += settled.repeated;
  run.report('otherwise', settled.violations);
  await quiet(connection, { reactors: false });
}

/** Everything once more, on a server that ends in good order. */
async function finish(run: Run): Promise<void> {
  await withServer(run, async (server, connection) => {
    await settleAll(run, connection, Number.MAX_SAFE_INTEGER);
    const { reactors } = await quiet(connection, { reactors: true });
    const given = reactors.filter(({ parked }) => parked > 0);
    run.report(
      'otherwise',
      given.map(({ name, parked }) => `${parked} effects of ${name} are parked`),
    );
    await server.stop();
  });
  const { events } = await checkFiles(run, run.dataDir);
  run.report('otherwise', await withKeyring(run.dataDir, (keyring) => checkCascades(keyring, events)));
  const { mails, violations } = checkMails(join(run.dataDir, 'outbox'), events, run.scene.head);
  run.report('otherwise', violations);
  run.tally.mails = mails;
  const served = dumpViews(run.dataDir);
  const copy = join(run.folder, 'copy');
  copyFiles(run.dataDir, copy);
  const views = await checkViews(copy, run.folder);
  run.report('otherwise', [...views.violations, ...differences(served, dumpViews(copy))]);
  run.tally.documents = served.size;
}
