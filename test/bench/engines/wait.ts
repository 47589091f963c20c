import { randomUUID } from 'node:crypto';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import type { Server } from '../server.js';
import type { Line } from '../table.js';
import type { Bench } from './bench.js';
import { sender } from './fill.js';

const SAMPLES_A_ROUND = 60;
/** The bound, in delays of the bare subscription. */
const MOST = 3;

interface Delays {
  readonly p50: number;
  readonly p99: number;
}

/** How long a read waits that names the position of a write just answered, against the bare client's subscription. */
export async function readYourWrites({ place, service, rounds }: Bench): Promise<readonly Line[]> {
  const samples = SAMPLES_A_ROUND * rounds.rounds;
  const bare = await bareDelays(place.eventStoreUrl, samples);
  const waits = await waitsOf(service.server, samples);
  const ms = ({ p50, p99 }: Delays): string => `${p50.toFixed(1)} / ${p99.toFixed(1)} ms`;
  return [
    {
      measure: 'wait of a read for a write, p99',
      result: `${waits.p99.toFixed(1)} ms`,
      wanted: `at most ${(MOST * bare.p99).toFixed(1)} ms`,
      reached: waits.p99 <= MOST * bare.p99,
      note: `p50 / p99: ${ms(waits)}; from a bare append until the bare subscription shows it: ${ms(bare)}`,
    },
  ];
}

/** From sending an append until a subscription of another connection shows it. */
async function bareDelays(url: string, samples: number): Promise<Delays> {
  const [writer, reader] = [1, 2].map(() => EventStoreDBClient.connectionString(url));
  const prefix = `gatehouse-bench-wait-${randomUUID()}`;
  const seen = new Map<string, () => void>();
  const subscription = reader!.subscribeToAll({
    fromPosition: 'end',
    filter: { filterOn: 'streamName', prefixes: [prefix], checkpointInterval: 10 },
  });
  subscription.on('data', ({ event }) => seen.get(event?.id ?? '')?.());
  await new Promise<void>((resolve) => subscription.once('confirmation', () => resolve()));
  const delays: number[] = [];
  for (let n = 0; n < samples; n++) {
    const id = randomUUID();
    const shown = new Promise<void>((resolve) => seen.set(id, resolve));
    const sent = performance.now();
    await writer!.appendToStream(`${prefix}-${n}`, jsonEvent({ id, type: 'bench', data: {} }));
    await shown;
    delays.push(performance.now() - sent);
  }
  await subscription.unsubscribe();
  await Promise.all([writer!.dispose(), reader!.dispose()]);
  return summary(delays);
}

/** A read with `Gatehouse-At-Least`, less what the same read takes that waits for nothing. */
async function waitsOf(server: Server, samples: number): Promise<Delays> {
  const send = sender(server);
  async function read(id: string, position?: string): Promise<number> {
    const started = performance.now();
    const response = await fetch(new URL(`/v2/api-products/${id}`, server.url), {
      headers: {
        authorization: `Bearer ${server.adminToken}`,
        ...(position === undefined ? {} : { 'gatehouse-at-least': position }),
      },
    });
    await response.text();
    if (!response.ok) throw new Error(`a product just made was answered ${response.status}`);
    return performance.now() - started;
  }
  const waiting: number[] = [];
  const plain: number[] = [];
  for (let n = 0; n < samples; n++) {
    const { id, position } = await send('CreateProduct', { name: `Awaited ${randomUUID()}` });
    waiting.push(await read(id, position));
    plain.push(await read(id));
  }
  const base = summary(plain).p50;
  return summary(waiting.map((took) => Math.max(0, took - base)));
}

function summary(values: readonly number[]): Delays {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))]!;
  return { p50: at(0.5), p99: at(0.99) };
}
