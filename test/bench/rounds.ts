import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Job, Measured, Reply } from './load.js';
import type { Server } from './server.js';
import type { Workload } from './workloads.js';

const CONNECTIONS = 64;
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
  const load = fork(LOAD, { execArgv: ['--max-semi-space-size=32'] });
  const run = (workload: Workload) => measure(load, { url: server.url, connections: CONNECTIONS, seconds, workload });
  try {
    await run(baseline());
    await run(measured());
    const pairs: (readonly [Measured, Measured])[] = [];
    for (let round = 0; round < rounds; round++) pairs.push([await run(baseline()), await run(measured())]);
    return {
      ratio: median(pairs.map(([a, b]) => b.rate / a.rate)),
      baseline: medians(pairs.map(([a]) => a)),
      measured: medians(pairs.map(([, b]) => b)),
    };
  } finally {
    load.kill();
  }
}

async function measure(load: ChildProcess, job: Job): Promise<Measured> {
  const replied = once(load, 'message');
  load.send(job);
  const [reply] = (await replied) as [Reply];
  if ('error' in reply) throw new Error(reply.error);
  return reply.measured;
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
