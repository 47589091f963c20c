import type { NewStoredEvent, StoredEvent } from '#event-store/port.js';
import type { Streams } from '#event-store/eventstoredb/streams.js';
import { Log } from '../../support/eventstore/log.js';
import type { Recorded } from '../../support/eventstore/recorded.js';
import type { Process } from './scheduler.js';

export const newLog = (): Log => new Log();

/** A server's streams as one process sees them, each call a step: the double's own log without the network. */
export function streamsOf(log: Log, process: Process): Streams {
  return {
    append: (stream, expectedRevision, events) =>
      process.step(() => {
        const expected = expectedRevision === -1 ? 'no_stream' : BigInt(expectedRevision);
        const result = log.appendNow(stream, expected, events.map(toProposed));
        if (result.kind === 'stored') return { outcome: 'written', position: result.position! };
        if (result.kind !== 'wrong-version') throw new Error(`append to ${stream}: ${result.kind}`);
        return { outcome: 'wrong-revision', actualRevision: Number(result.actual ?? -1n) };
      }),
    readStream: (stream, options = {}) => process.step(() => read(log, stream, options)),
  };
}

/** At once, for whoever watches from outside. */
export function read(
  log: Log,
  stream: string,
  { from, backwards = false, limit }: { from?: number; backwards?: boolean; limit?: number } = {},
): StoredEvent[] {
  const found = log.stream(stream);
  if (typeof found === 'string') return [];
  const events = found.map(toStored);
  const range = backwards
    ? events.filter(({ revision }) => revision <= (from ?? Infinity)).reverse()
    : events.filter(({ revision }) => revision >= (from ?? 0));
  return range.slice(0, limit ?? range.length);
}

const toProposed = ({ id, type, data, metadata }: NewStoredEvent) => ({
  id,
  type,
  contentType: 'application/json',
  data: Buffer.from(JSON.stringify(data)),
  metadata: Buffer.from(JSON.stringify(metadata)),
});

const toStored = ({ position, stream, revision, id, type, data, metadata }: Recorded): StoredEvent => ({
  position,
  stream,
  revision: Number(revision),
  id,
  type,
  data: JSON.parse(Buffer.from(data).toString('utf8')) as StoredEvent['data'],
  metadata: JSON.parse(Buffer.from(metadata).toString('utf8')) as StoredEvent['metadata'],
});
