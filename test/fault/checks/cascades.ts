import type { StoredEvent } from '#event-store/port.js';
import type { Keyring } from '#vault/keyring.js';
import { entitiesOf } from '../entities.js';

/** Whoever is removed takes their applications along, and is forgotten: so it is once the reactors have caught up. */
export async function checkCascades(keyring: Keyring, events: readonly StoredEvent[]): Promise<readonly string[]> {
  const { applications, developers } = entitiesOf(events);
  const removed = new Set(developers.filter(({ state }) => state.removed).map(({ id }) => id));
  const remembered: string[] = [];
  for (const { type, stream, data } of events) {
    if (type !== 'developer.registered.v1' || !removed.has(stream.slice('developer-'.length))) continue;
    if ((await keyring.open(data['email'] as string)) !== undefined) remembered.push(`${stream} is not forgotten`);
  }
  const left = applications.filter(({ state }) => state.exists && removed.has(state.developer_id));
  return [...remembered, ...left.map(({ stream }) => `${stream} is there though its developer was removed`)];
}
