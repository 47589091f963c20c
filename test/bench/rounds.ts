import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Job, Measured, Reply } from './load.js';
import type { Server } from './server.js';
import type { Workload } from './workloads.js';

export const CONNECTIONS = 64;
const LOAD = fileURLToPath(new URL('./load.js', import.meta.url));

export interface Rounds {
  readonly rounds: number;
  /** Of each half of a round. */
  readonly seconds: number;
}

export interface Compared {
  /** Median of the rounds' ratios of measured to baseline rate. */
  readonly ratio: number;
  readonly measured: Measured;
  readonly baseline: Measured;
}

/**
 * Baseline and measured load in turn, A B A B, so that whatever else slows the machine slows both. Before them each runs
 * once unmeasured. `measured` is asked for its load each time, since commands can be sent only once.
 */
export async function compare(
  server: Server,
  baseline: () => Workload,
  measured: () => Workload,
  { rounds, seconds }: Rounds,
): Promise<Compared> {
  const load = startLoad();
  const run = (workload: Workload) => load.run({ url: server.url, connections: CONNECTIONS, seconds, workload });
  try {
    return await alternate(
      () => run(baseline()),
      () => run(measured()),
      rounds,
    );
  } finally {
    load.end();
  }
}

/** The same for any two ways to make load. */
export async function alternate(
  baseline: () => Promise<Measured>,
  measured: () => Promise<Measured>,
  rounds: number,
): Promise<Compared> {
  await baseline();
  await measured();
  const pairs: (readonly [Measured, Measured])[] = [];
  for (let round = 0; round < rounds; round++) pairs.push([await baseline(), await measured()]);
  return {
    ratio: median(pairs.map(([a, b]) => b.rate / a.rate)),
    baseline: medians(pairs.map(([a]) => a)),
    measured: medians(pairs.map(([, b]) => b)),
  };
}

/** A process that makes load when it is told to. */
export interface Load<J> {
  run(job: J): Promise<Measured>;
  end(): void;
}

/** `program`: answers each job that it is sent with a Reply. */
export function startLoad<J extends object = Job>(program = LOAD): Load<J> {
  const child = fork(program, { execArgv: ['--max-semi-space-size=32'] });
  return {
    async run(job) {
      const replied = once(child, 'message');
      child.send(job);
      const [reply] = (await replied) as [Reply];
      if ('error' in reply) throw new Error(reply.error);
      return reply.measured;
    },
    end: () => void child.kill(),
  };
}

function medians(all: readonly Measured[]): Measured {
  const of = (name: keyof Measured) => median(all.map((one) => one[name]));
  return { rate: of('rate'), p50: of('p50'), p99: of('p99'), p999: of('p999') };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
