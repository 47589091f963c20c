import { EVENTS } from '#domain/registry.js';
import { ownerDoc, ownerIn } from '../application-owner.js';
import { forEach } from '../mirror.js';
import type { LogEvent } from '../log-event.js';
import type { Doc, View } from '../port.js';

/** Positions as texts of equal length, so that they compare as numbers do. */
export const positionKey = (position: bigint): string => position.toString().padStart(20, '0');

/**
 * One document per event: who did what to what, and when; never the event's data. Every query needs a condition on
 * `position` (timeline-query.ts sees to it), since the view also keeps whose each application is, beyond its deletion.
 */
export const timeline: View = {
  name: 'timeline',
  version: 1,
  indexes: [
    ['position'],
    ['at'],
    ['command_id'],
    ['type', 'position'],
    ['actor_id', 'position'],
    ['entity_id', 'position'],
    ['portal_id', 'position'],
    ['developer_id', 'position'],
    ['application_id', 'position'],
    ['product_id', 'position'],
  ],
  rules: forEach([...EVENTS.keys()], {
    select: ({ aggregate, stream, id }) => ({ ids: aggregate === 'application' ? [stream, id] : [id] }),
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
    id,
    position: positionKey(event.position),
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
    application_id: aggregate === 'application' ? entityId : null,
    product_id: aggregate === 'product' ? entityId : field('product_id'),
  };
}
