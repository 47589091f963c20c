/** A process with the bare client of EventStoreDB that appends as fast as it can. Started by commands.ts. */
import { randomUUID } from 'node:crypto';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import type { Measured, Reply } from '../load.js';

export interface BareJob {
  readonly url: string;
  /** Appends under way at once, each to a stream of its own. */
  readonly writers: number;
  readonly seconds: number;
  /** What is appended again and again. */
  readonly event: { readonly type: string; readonly data: object; readonly metadata: object };
  /** `call`: a call each, as Gatehouse does it; `batch`: the client's default. */
  readonly appendBy: 'call' | 'batch';
}

process.on('message', (job: BareJob) => {
  measure(job)
    .then(
      (measured): Reply => ({ measured }),
      (error: Error): Reply => ({ error: error.message }),
    )
    .then((reply) => process.send!(reply));
});

async function measure({ url, writers, seconds, event, appendBy }: BareJob): Promise<Measured> {
  const client = EventStoreDBClient.connectionString(url);
  const credentials = appendBy === 'call' ? { credentials: { username: 'bench', password: '' } } : {};
  const took: number[] = [];
  const started = performance.now();
  const end = started + seconds * 1_000;

  async function write(): Promise<void> {
    // technical, as Gatehouse sees it: no view and no cache is to be busy with it
    const stream = `gatehouse-bench-${randomUUID()}`;
    for (let revision = -1n, sent = performance.now(); sent < end; revision += 1n, sent = performance.now()) {
      const expectedRevision = revision < 0n ? ('no_stream' as const) : revision;
      await client.appendToStream(stream, jsonEvent({ ...event, id: randomUUID() } as never), {
        expectedRevision,
        ...credentials,
      });
      took.push(performance.now() - sent);
    }
  }

  await Promise.all(Array.from({ length: writers }, write));
  const rate = took.length / ((performance.now() - started) / 1_000);
  await client.dispose();
  const sorted = took.sort((a, b) => a - b);
  const at = (share: number): number => Math.round(sorted[Math.floor(share * (sorted.length - 1))]! * 10) / 10;
  return { rate, p50: at(0.5), p99: at(0.99), p999: at(0.999) };
}
