import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { checkCascades } from './checks/cascades.js';
import { checkClaims } from './checks/claims.js';
import { checkLog } from './checks/log.js';
import { checkViews } from './checks/views.js';
import { startClients, isRecorded } from './clients.js';
import { copyFiles, dumpViews, readLog, type LogContents } from './engine-files.js';
import { createHistory, type History } from './history.js';
import { probeClaims } from './probes.js';
import { quiet } from './quiet.js';
import { seeded, type Random } from './random.js';
import { prepare, type Scene } from './scene.js';
import { refreshSession, type Connection } from './send.js';
import { startServer, type ServerProcess } from './server-process.js';
import { settle } from './settle.js';
import { newTally, type Tally } from './tally.js';
import { createWorld, type World } from './world.js';

export interface Options {
  readonly cycles: number;
  readonly clients: number;
  readonly seed: number;
  /** The server's data folder, and copies for checks. */
  readonly folder: string;
  readonly say: (line: string) => void;
}

interface Run extends Options {
  readonly dataDir: string;
  readonly scene: Scene;
  readonly world: World;
  readonly history: History;
  readonly random: Random;
  /** Claims of what the clients never change. */
  readonly baseline: ReadonlyMap<string, string>;
  readonly tally: Tally;
  /** Adds what was found wrong; the loop ends with the cycle. */
  report(kind: 'lost' | 'foreign' | 'otherwise', violations: readonly string[]): void;
}

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
  while (tally.cycles < options.cycles && violations.length === 0) await cycle(run);
  if (violations.length === 0) await finish(run);
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
  if (random.chance(0.2)) await killAtStart(run);
  const server = startServer(run.dataDir);
  const connection = await connect(run, server);
  await settleAll(run, connection, SAMPLE);
  run.report('otherwise', await probeClaims(connection, run));

  const before = history.operations.length;
  const load = startClients(connection, { clients: run.clients, world, history, random });
  await sleep(random.between(50, 1_200));
  await server.kill();
  tally.kills += 1;
  run.report('otherwise', await load.ended);
  tally.inFlight += history.open().length;

  const crashed = join(run.folder, 'crashed');
  copyFiles(run.dataDir, crashed);
  const log = await checkFiles(run, crashed);
  const views = await checkViews(crashed, run.folder);
  run.report('otherwise', views.violations);
  run.report('otherwise', errorsOf(server));
  const sent = history.operations.length - before;
  run.say(`cycle ${tally.cycles}: ${sent} operations, ${history.open().length} in flight, ${log.events.length} events`);
}

/** The log is checked as the crash has left it: what was acknowledged is there, and what else is there was under way. */
async function checkFiles(run: Run, dataDir: string): Promise<LogContents> {
  const log = await readLog(dataDir);
  const { lost, foreign, inFlight } = checkLog(log.events, run.scene.head, run.history.operations);
  run.tally.carriedOut += inFlight;
  run.report('lost', lost);
  run.report('foreign', foreign);
  run.report('otherwise', log.damage);
  run.report('otherwise', await checkClaims(dataDir, log, run.baseline));
  run.tally.events = log.events.length;
  return log;
}

async function killAtStart(run: Run): Promise<void> {
  const server = startServer(run.dataDir);
  await sleep(run.random.between(20, 1_200));
  await server.kill();
  run.tally.killsAtStart += 1;
  run.report('otherwise', errorsOf(server));
}

async function connect({ scene }: Run, server: ServerProcess): Promise<Connection> {
  const connection = { url: await server.listening, adminToken: scene.adminToken };
  await Promise.all(scene.people.map((person) => refreshSession(connection, person)));
  return connection;
}

async function settleAll(run: Run, connection: Connection, sample: number): Promise<void> {
  const settled = await settle(connection, { ...run, sample });
  run.tally.repeated += settled.repeated;
  run.report('otherwise', settled.violations);
  await quiet(connection);
}

/** Everything once more, on a server that ends in good order. */
async function finish(run: Run): Promise<void> {
  const server = startServer(run.dataDir);
  const connection = await connect(run, server);
  await settleAll(run, connection, Number.MAX_SAFE_INTEGER);
  const { reactors } = await quiet(connection);
  await server.stop();
  run.report('otherwise', errorsOf(server));
  const { events } = await checkFiles(run, run.dataDir);
  if (reactors?.length) run.report('otherwise', checkCascades(events));
  const served = dumpViews(run.dataDir);
  const copy = join(run.folder, 'crashed');
  copyFiles(run.dataDir, copy);
  const views = await checkViews(copy, run.folder);
  run.report('otherwise', views.violations);
  run.tally.documents = served.size;
}

/** Lines of the server's log: at this level it tells of errors only, and a crash is none. */
const errorsOf = (server: ServerProcess): readonly string[] =>
  server
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => `the server logged ${line.slice(0, 400)}`);
