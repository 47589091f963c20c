import { CASCADES } from './cascades/tools.js';
import { placeOf } from './checkpoint.js';
import { createOutbox } from './outbox.js';
import type { EventStore, StoredEvent } from '#event-store/port.js';
import type { Keyring } from '#vault/keyring.js';
import { forgottenAmong } from '#vault/person-keys.js';
import type { VaultStore } from '#vault/port.js';

const REMOVED = 'developer.removed.v1';
const PAGE = 500;

export interface ErasuresNeeds {
  readonly log: Pick<EventStore, 'logId' | 'readAll' | 'readAt'>;
  readonly vault: VaultStore;
  readonly keyring: Pick<Keyring, 'destroyPersonKey'>;
}

/**
 * Destroys the keys of persons whose removal the log has and this vault does not show: it may have been restored to an earlier
 * state. To be done before anything is answered, so that nobody who was forgotten is remembered for a moment; the cascades then
 * do the rest. Looks at what they have not taken yet, and at what they have not finished; the number of persons.
 */
export async function applyErasures({ log, vault, keyring }: ErasuresNeeds): Promise<number> {
  const removed = new Set<string>();
  const note = ({ type, stream }: StoredEvent): void => {
    if (type === REMOVED) removed.add(stream.slice('developer-'.length));
  };
  for (const { row } of await createOutbox(vault, CASCADES, Date.now).unfinished()) {
    const event = row.position === undefined ? undefined : await log.readAt(row.position);
    if (event && row.key.startsWith(event.id)) note(event);
  }
  for (let after = (await placeOf(vault, log, CASCADES)) ?? 0n; ;) {
    const page = await log.readAll({ after, limit: PAGE, types: [REMOVED] });
    page.forEach(note);
    if (page.length < PAGE) break;
    after = page.at(-1)!.position;
  }
  const persons = [...removed];
  const forgotten = await forgottenAmong(vault, persons);
  const missing = persons.filter((person) => !forgotten.has(person));
  // at once: the file is written anew once for all of them
  await Promise.all(missing.map((person) => keyring.destroyPersonKey(person)));
  return missing.length;
}
