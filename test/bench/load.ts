/** The process that makes the load, so that it takes nothing of the server's event loop. Started by rounds.ts. */
import autocannon from 'autocannon';
import { requestsFor, type Request, type Workload } from './workloads.js';

export interface Job {
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
  readonly workload: Workload;
}

/** Requests per second, latencies in milliseconds. */
export interface Measured {
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
}

export type Reply = { readonly measured: Measured } | { readonly error: string };

process.on('message', (job: Job) => {
  measure(job)
    .then(
      (measured): Reply => ({ measured }),
      (error: Error): Reply => ({ error: error.message }),
    )
    .then((reply) => process.send!(reply));
});

async function measure({ url, connections, seconds, workload }: Job): Promise<Measured> {
  const shares = share(requestsFor(workload), connections);
  let next = 0;
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    timeout: 30,
    // each connection is a client of its own with requests of its own
    setupClient: (client) => client.setRequests(shares[next++ % connections] as autocannon.Request[]),
  });
  const failed = result.non2xx + result.errors + result.timeouts;
  if (failed > 0) throw new Error(`${failed} of ${result.requests.total} requests failed on ${firstPath(shares)}`);
  const sendable = shares.reduce((sum, requests) => sum + requests.length, 0);
  if (isSendableOnce(workload) && result.requests.total > sendable) {
    throw new Error(`the load ran out of commands after ${sendable}: give more applications or less time`);
  }
  const { p50, p99, p99_9 } = result.latency;
  return { rate: result.requests.total / result.duration, p50, p99, p999: p99_9 };
}

const isSendableOnce = (workload: Workload): boolean =>
  (workload.kind === 'commands' && workload.path === undefined) ||
  (workload.kind === 'groups' && workload.keyed === true);

/** Whole groups to each connection in turn. */
function share(groups: readonly (readonly Request[])[], connections: number): readonly (readonly Request[])[] {
  const shares: Request[][] = Array.from({ length: connections }, () => []);
  groups.forEach((group, i) => shares[i % connections]!.push(...group));
  return shares.map((requests, i) => (requests.length > 0 ? requests : [...groups[i % groups.length]!]));
}

const firstPath = (shares: readonly (readonly Request[])[]): string => shares[0]![0]!.path;
