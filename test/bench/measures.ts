import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Scale } from './data/plan.js';
import { compare, type Rounds } from './rounds.js';
import { startServer, type Server } from './server.js';
import { calls, signInMany } from './sign-in.js';
import { stageSeconds, stageShares } from './stages.js';
import { absoluteLine, comparedLine, type Line } from './table.js';
import type { Workload } from './workloads.js';

export interface Bench {
  readonly dataDir: string;
  readonly scale: Scale;
  readonly rounds: Rounds;
  /** Options of node for the server: profiles. */
  readonly nodeOptions: readonly string[];
  say(text: string): void;
}

export type Measure = (bench: Bench) => Promise<readonly Line[]>;

const start = ({ dataDir, nodeOptions }: Bench): Promise<Server> => startServer(dataDir, nodeOptions);

async function withServer<R>(bench: Bench, work: (server: Server) => Promise<R>): Promise<R> {
  const server = await start(bench);
  try {
    await caughtUp(server, bench);
    return await work(server);
  } finally {
    await server.stop();
  }
}

/** Waits until every view has applied the whole log. */
async function caughtUp(server: Server, { scale, say }: Bench): Promise<void> {
  for (let said = performance.now(); ; await delay(100)) {
    const { log, views } = await server.call<{
      log: { head: string };
      views: readonly { position: string; live: boolean }[];
    }>('GET', '/status');
    const lowest = Math.min(...views.map(({ position }) => Number(position)));
    if (lowest >= Number(log.head) && views.every(({ live }) => live)) return;
    if (performance.now() - said < 5_000) continue;
    said = performance.now();
    say(`views at ${Math.round((lowest / scale.events) * 100)} %`);
  }
}

const noOpGet: Workload = { kind: 'get', paths: ['/bench/no-op'] };

/** All views from nothing, and what that costs in memory. */
export const catchUp: Measure = async (bench) => {
  for (const suffix of ['', '-wal', '-shm']) rmSync(join(bench.dataDir, `views.db${suffix}`), { force: true });
  const started = performance.now();
  const server = await start(bench);
  await caughtUp(server, bench);
  const seconds = (performance.now() - started) / 1000;
  const { peak } = server.memory();
  await server.stop();
  return [
    absoluteLine('catch-up of all views from nothing', bench.scale.events / seconds, 20_000, 'events/s'),
    absoluteLine('memory while all views are built', peak, 400, 'MB', true),
  ];
};

/** With views that are up to date: until the first answer of /readyz that says ready, and what an idle server takes. */
export const startAndIdle: Measure = async (bench) => {
  await withServer(bench, async () => undefined);
  const started = performance.now();
  const server = await start(bench);
  while (!(await fetch(new URL('/readyz', server.url))).ok) await delay(10);
  const seconds = (performance.now() - started) / 1000;
  await delay(3_000);
  const { now } = server.memory();
  await server.stop();
  return [
    absoluteLine(
      `start with ${bench.scale.events.toLocaleString('en-US')} events, views present`,
      seconds,
      3,
      's',
      true,
    ),
    absoluteLine('memory, idle', now, 160, 'MB', true),
  ];
};

export const gateway: Measure = async (bench) => {
  const keys = await calls(bench.dataDir, bench.scale);
  return withServer(bench, async (server) => {
    const result = await compare(
      server,
      () => noOpGet,
      () => ({ kind: 'gateway', calls: keys }),
      bench.rounds,
    );
    return [comparedLine(`gateway check, ${keys.length.toLocaleString('en-US')} keys`, 0.7, result)];
  });
};

const PAGES: readonly (readonly [string, string])[] = [
  ['catalogue page: search', '/api/v2/search/product-catalog?page%5Bsize%5D=12'],
  ['catalogue page: products', '/api/v2/products?page%5Bsize%5D=12'],
  ['My Apps page', '/api/v2/applications?page%5Bsize%5D=25'],
];

export const pages: Measure = async (bench) => {
  const cookies = await signInMany(bench.dataDir, bench.scale, 640);
  const headers = cookies.map((cookie) => ({ cookie }));
  return withServer(bench, async (server) => {
    const lines: Line[] = [];
    for (const [name, path] of PAGES) {
      const result = await compare(
        server,
        () => noOpGet,
        () => ({ kind: 'get', paths: [path], headers }),
        bench.rounds,
      );
      lines.push(comparedLine(name, 0.3, result));
    }
    return lines;
  });
};

export const commands: Measure = (bench) =>
  withServer(bench, async (server) => {
    const { rounds, scale } = bench;
    const count = Math.floor(scale.applications / (2 * (rounds.rounds + 1)));
    let first = 0;
    const load = (path?: string): Workload => ({
      kind: 'commands',
      scale,
      token: server.adminToken,
      first,
      count,
      ...(path === undefined ? {} : { path }),
    });
    const next = (): Workload => {
      const workload = load();
      first += count;
      return workload;
    };
    const measure = async (name: string, wanted: number): Promise<Line> => {
      const before = stageSeconds(await server.metrics());
      const result = await compare(server, () => load('/bench/no-op'), next, rounds);
      const note = `time of a command: ${stageShares(before, stageSeconds(await server.metrics()))}.`;
      return comparedLine(name, wanted, result, note);
    };
    const running = await measure('durable commands, views running', 0.3);
    await server.call('POST', '/bench/pause-views');
    const paused = await measure('durable commands, views paused', 0.5);
    await server.call('POST', '/bench/resume-views');
    return [running, paused];
  });

/** In an order that leaves each the data it needs: commands write, so they come last. */
export const MEASURES: Readonly<Record<string, Measure>> = {
  'catch-up': catchUp,
  start: startAndIdle,
  gateway,
  pages,
  commands,
};
