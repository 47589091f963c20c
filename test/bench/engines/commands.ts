import { fileURLToPath } from 'node:url';
import { openEngines } from '../../../apps/engines/open.js';
import { engineSettings } from '../../../apps/engines/settings.js';
import { alternate, CONNECTIONS, startLoad } from '../rounds.js';
import { stageSeconds, stageShares } from '../stages.js';
import { comparedLine, type Line } from '../table.js';
import type { Workload } from '../workloads.js';
import type { BareJob } from './bare.js';
import type { Bench } from './bench.js';

const BARE = fileURLToPath(new URL('./bare.js', import.meta.url));

type Groups = Extract<Workload, { kind: 'groups' }>['groups'];

/** Commands over HTTP against the bare client, which appends events like theirs at the same concurrency. */
export async function commands(bench: Bench): Promise<readonly Line[]> {
  const { place, filled, service, rounds } = bench;
  const { server } = service;
  const http = startLoad();
  const bare = startLoad<BareJob>(BARE);
  const event = await sampleEvent(bench);
  const append = (appendBy: BareJob['appendBy']) => () =>
    bare.run({ url: place.eventStoreUrl, writers: CONNECTIONS, seconds: rounds.seconds, event, appendBy });
  const send = (next: () => Groups, keyed: boolean) => () =>
    http.run({
      url: server.url,
      connections: CONNECTIONS,
      seconds: rounds.seconds,
      workload: { kind: 'groups', token: server.adminToken, groups: next(), ...(keyed && { keyed }) },
    });

  async function measure(
    name: string,
    wanted: number,
    by: BareJob['appendBy'],
    run: ReturnType<typeof send>,
  ): Promise<Line> {
    const before = stageSeconds(await server.metrics());
    const result = await alternate(append(by), run, rounds.rounds);
    return comparedLine(name, wanted, result, stageShares(before, stageSeconds(await server.metrics())));
  }

  try {
    const edits = () => filled.products.map((product_id) => editsOf(product_id, 2));
    const keyedEdits = () => filled.products.map((product_id) => editsOf(product_id, 200));
    let asked = 0;
    const requests = () => requestsFrom(bench, asked++ % (rounds.rounds + 1));
    return [
      await measure('EditProduct, against the client’s batch append', 0.4, 'batch', send(edits, false)),
      await measure('EditProduct, against the client’s append by call', 0.4, 'call', send(edits, false)),
      await measure('EditProduct with an Idempotency-Key, against batch append', 0, 'batch', send(keyedEdits, true)),
      await measure('RequestAccess, against batch append', 0, 'batch', send(requests, false)),
    ];
  } finally {
    http.end();
    bare.end();
  }
}

/** Each changes what the one before it has made. */
const editsOf = (product_id: string, count: number) =>
  Array.from(
    { length: count },
    (_, n) =>
      ['EditProduct', { product_id, description: `Text ${n % 2 === 0 ? 'one' : 'two'} of a product.` }] as const,
  );

/** A part of all pairs of application and version: each can be asked for once. */
function requestsFrom({ filled, rounds }: Bench, part: number): Groups {
  const { applications, versions } = filled;
  const share = Math.floor(applications.length / (rounds.rounds + 1));
  return applications
    .slice(part * share, (part + 1) * share)
    .map((application_id) =>
      versions.map((product_version_id) => ['RequestAccess', { application_id, product_version_id }] as const),
    );
}

/** As large as those that the commands append. */
async function sampleEvent({ place, filled }: Bench): Promise<BareJob['event']> {
  const engines = await openEngines({ dataDir: place.folder, engines: engineSettings(place.env) });
  const events = await engines.store.readStream(`product-${filled.products[0]}`);
  await engines.close();
  const { type, data, metadata } = events.at(-1)!;
  return { type, data, metadata };
}
