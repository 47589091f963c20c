import { EVENTS } from '#domain/registry.js';
import { ownerDoc, ownerIn } from '../application-owner.js';
import { forEach } from '../mirror.js';
import type { LogEvent } from '../log-event.js';
import type { Doc, View } from '../port.js';

/** Positions as texts of equal length, so that they compare as numbers do. */
export const positionKey = (position: bigint): string => position.toString().padStart(20, '0');

/** Greater than every position's key, less than the id of every other document of the view. */
export const AFTER_POSITIONS = ':';

/**
 * One document per event: who did what to what, and when; never the event's data. Its id is the position's key: every index
 * ends with it, and documents come in the order of the log. Every query needs an upper bound of it (timeline-query.ts
 * sees to that), since the view also keeps whose each application is, beyond its deletion.
 */
export const timeline: View = {
  name: 'timeline',
  version: 2,
  indexes: [
    ['at'],
    ['command_id'],
    ['type'],
    ['actor_id'],
    ['entity_id'],
    ['portal_id'],
    ['developer_id'],
    ['product_id'],
  ],
  rules: forEach([...EVENTS.keys()], {
    select({ aggregate, stream, position }) {
      const id = positionKey(position);
      return { ids: aggregate === 'application' ? [stream, id] : [id] };
    },
    reduce(docs, event) {
      const created = event.type === 'application.created.v1' ? [ownerDoc(event as never)] : [];
      const line: Doc = { ...entry(event), ...ownerIn(docs, event.stream) };
      return new Map([line, ...created].map((doc) => [doc.id, doc]));
    },
  }),
};

function entry(event: LogEvent): Doc {
  const { id, type, aggregate, entityId, at, metadata, data } = event;
  const field = (name: string): string | null => (typeof data[name] === 'string' ? data[name] : null);
  return {
    id: positionKey(event.position),
    event_id: id,
    type,
    aggregate,
    entity_id: entityId,
    actor_kind: metadata['actor_kind'] ?? null,
    actor_id: metadata['actor_id'] ?? null,
    at,
    command: metadata['command'] ?? null,
    command_id: metadata['command_id'] ?? null,
    portal_id: metadata['portal'] ?? field('portal_id'),
    developer_id: aggregate === 'developer' ? entityId : field('developer_id'),
    product_id: aggregate === 'product' ? entityId : field('product_id'),
  };
}
