import { alternate, CONNECTIONS, startLoad } from '../rounds.js';
import type { Server } from '../server.js';
import { comparedLine, type Line } from '../table.js';
import type { Call } from '../workloads.js';
import type { Bench } from './bench.js';
import { fill } from './fill.js';
import { startEmbedded } from './scene.js';

/** Checks of keys by a server on server engines, against one on the embedded engine with as much in it. */
export async function gateway({ place, service, filled, rounds }: Bench): Promise<readonly Line[]> {
  const embedded = await startEmbedded(place.folder);
  const load = startLoad();
  try {
    const { calls } = await fill(embedded, { products: 16, applications: 0, keys: filled.calls.length });
    const check = (server: Server, keys: readonly Call[]) => () =>
      load.run({
        url: server.url,
        connections: CONNECTIONS,
        seconds: rounds.seconds,
        workload: { kind: 'gateway', calls: keys },
      });
    const result = await alternate(check(embedded, calls), check(service.server, filled.calls), rounds.rounds);
    return [comparedLine('gateway check, against the embedded engine', 0.9, result)];
  } finally {
    load.end();
    await embedded.stop();
  }
}
