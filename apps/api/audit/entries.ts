import { EVENTS } from '#domain/registry.js';
import type { EventStore, StoredEvent } from '#event-store/port.js';
import { splitStream } from '#read-models/log-event.js';
import type { Keyring } from '#vault/keyring.js';
import { formatPosition } from '../http/position.js';
import type { Changes } from './changes.js';
import { namesIn, type Names } from './names.js';
import { openPersonal, type Open } from './opening.js';
import { sentence, whoDid } from './words.js';

interface Needs {
  readonly store: EventStore;
  readonly keyring: Keyring;
}

/**
 * Events as an auditor reads them: in words and in JSON. Digests of secrets are left out; personal fields are opened, null
 * where the person was forgotten. `changes`: one for each event, if they are known.
 */
export async function renderEntries(
  events: readonly StoredEvent[],
  changes: readonly Changes[] | undefined,
  { store, keyring }: Needs,
): Promise<readonly object[]> {
  const names = await namesIn(events, store);
  const open = await openPersonal([events.map(({ data }) => data), changes, names.all], keyring);
  return events.map((event, index) => render(event, changes?.[index], { names, open, logId: store.logId }));
}

interface Reading {
  readonly names: Names;
  readonly open: Open;
  readonly logId: string;
}

function render(event: StoredEvent, changes: Changes | undefined, { names, open, logId }: Reading): object {
  const { metadata } = event;
  const data = open(withoutSecrets(event));
  const nameOf = (id: string): string | null | undefined => open(names.at(id, event.position));
  const { entityId } = splitStream(event.stream);
  const basis = metadata['basis'];
  return {
    id: event.id,
    position: formatPosition(logId, event.position),
    type: event.type,
    stream: event.stream,
    revision: event.revision,
    at: metadata['recorded_at'] ?? null,
    words: sentence({ ...event, data }, nameOf),
    actor: {
      kind: metadata['actor_kind'] ?? null,
      id: metadata['actor_id'] ?? null,
      name: whoDid(event, nameOf),
    },
    by: metadata['by'] ?? null,
    reason: data['reason'] ?? event.metadata['reason'] ?? null,
    basis: basis === undefined ? {} : (JSON.parse(basis) as Record<string, string>),
    about: nameOf(entityId) ?? null,
    command: metadata['command'] ?? null,
    command_id: metadata['command_id'] ?? null,
    correlation_id: metadata['correlation_id'] ?? null,
    causation_id: metadata['causation_id'] ?? null,
    ...(changes ? { changes: open(changes) } : {}),
    data,
  };
}

function withoutSecrets({ type, data }: StoredEvent): Record<string, unknown> {
  const classes = (EVENTS.get(type)?.fields ?? {}) as Record<string, string>;
  return Object.fromEntries(Object.entries(data).filter(([name]) => classes[name] !== 'secret-derived'));
}
