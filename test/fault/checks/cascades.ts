import type { StoredEvent } from '#event-store/port.js';
import { entitiesOf } from './claims.js';

/** Whoever is removed takes their applications along: none may be left once the reactors have caught up. */
export function checkCascades(events: readonly StoredEvent[]): readonly string[] {
  const { applications, developers } = entitiesOf(events);
  const removed = new Set(developers.filter(({ state }) => state.removed).map(({ id }) => id));
  return applications
    .filter(({ state }) => state.exists && removed.has(state.developer_id))
    .map(({ stream, state }) => `${stream} is there though its developer ${state.developer_id} was removed`);
}
