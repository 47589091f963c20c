import type { ResolvedEvent } from '@eventstore/db-client';
import type { EventBody, NewStoredEvent, StoredEvent } from '../port.js';

/** What the client is given: JSON that is known to be serialisable, so that no append can hang on it. */
export interface Proposed {
  readonly contentType: 'application/json';
  readonly id: string;
  readonly type: string;
  readonly data: Record<string, unknown>;
  readonly metadata: Record<string, string>;
}

/** From the canonical body: a copy, so that the caller may change its own objects. */
export function toProposed(id: string, body: string): Proposed {
  const { type, data, metadata } = JSON.parse(body) as EventBody;
  return { contentType: 'application/json', id, type, data, metadata };
}

/** Of an event as it was read; undefined where a link's target is gone. Events of others may lack metadata. */
export function toStored({ event }: ResolvedEvent): StoredEvent | undefined {
  if (!event) return undefined;
  return {
    position: event.position!.commit,
    stream: event.streamId,
    revision: Number(event.revision),
    id: event.id,
    type: event.type,
    data: (event.data ?? {}) as NewStoredEvent['data'],
    metadata: (event.metadata ?? {}) as NewStoredEvent['metadata'],
  };
}
