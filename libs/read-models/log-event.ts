import type { StoredEvent } from '#event-store/port.js';

/** An event as views and reactors see it: current version of its type, metadata taken apart. Personal fields stay sealed. */
export interface LogEvent {
  readonly position: bigint;
  readonly id: string;
  readonly stream: string;
  /** Taken from the stream's name. */
  readonly aggregate: string;
  readonly entityId: string;
  readonly revision: number;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, string>>;
  /** ISO 8601: when it was recorded. */
  readonly at: string;
}

/** `<aggregate>-<id>` taken apart at the first hyphen. */
export function splitStream(stream: string): { aggregate: string; entityId: string } {
  const hyphen = stream.indexOf('-');
  return { aggregate: stream.slice(0, hyphen), entityId: stream.slice(hyphen + 1) };
}

export function toLogEvent(stored: StoredEvent): LogEvent {
  return {
    position: stored.position,
    id: stored.id,
    stream: stored.stream,
    ...splitStream(stored.stream),
    revision: stored.revision,
    type: stored.type,
    data: stored.data,
    metadata: stored.metadata,
    at: stored.metadata['recorded_at'] ?? '',
  };
}
