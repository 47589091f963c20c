import { randomUUID } from 'node:crypto';
import type { NewStoredEvent } from '../port.js';
import type { Arrival } from '../transfer.js';
import { tailOf, type Streams } from './streams.js';

const STREAM = 'gatehouse-arrival';
const BEGUN = 'gatehouse.arrival-begun.v1';
const FINISHED = 'gatehouse.arrival-finished.v1';

/** What the log says of the move that fills it. */
export async function arrivalOn(streams: Streams): Promise<Arrival | undefined> {
  const events = await streams.readStream(STREAM);
  const begun = events.find(({ type }) => type === BEGUN);
  if (!begun) return undefined;
  return { from: (begun.data as { from: string }).from, finished: events.some(({ type }) => type === FINISHED) };
}

export const noteBegun = (streams: Streams, from: string): Promise<void> => note(streams, BEGUN, { from });

export const noteFinished = (streams: Streams): Promise<void> => note(streams, FINISHED, {});

async function note(streams: Streams, type: string, data: Record<string, unknown>): Promise<void> {
  const event: NewStoredEvent = { id: randomUUID(), type, data, metadata: {} };
  const noted = await streams.append(STREAM, await tailOf(streams, STREAM), [event]);
  if (noted.outcome !== 'written') throw new Error(`${STREAM} is being written by somebody else`);
}
