import type { EventStore, StoredEvent } from '#event-store/port.js';
import { splitStream } from '#read-models/log-event.js';

/** What things were called at a place in the log; sealed where the name is a person's. */
export interface Names {
  at(id: string, position: bigint): string | undefined;
  /** Every name, to open the sealed ones. */
  readonly all: readonly string[];
}

type Naming = (event: StoredEvent) => readonly [id: string, name: unknown];

const own =
  (field: string): Naming =>
  ({ stream, data }) => [splitStream(stream).entityId, data[field]];

const part =
  (idField: string, field: string): Naming =>
  ({ data }) => [String(data[idField]), data[field]];

/** The events that name something. */
const NAMINGS: Readonly<Record<string, Naming>> = {
  'developer.registered.v1': own('full_name'),
  'application.created.v1': own('name'),
  'application.edited.v1': own('name'),
  'application.credential-generated.v1': part('credential_id', 'display_name'),
  'application.credential-renamed.v1': part('credential_id', 'display_name'),
  'product.created.v1': own('name'),
  'product.edited.v1': own('name'),
  'product.version-added.v1': part('product_version_id', 'name'),
  'product.version-edited.v1': part('product_version_id', 'name'),
  'product.document-added.v1': part('document_id', 'title'),
  'product.document-edited.v1': part('document_id', 'title'),
  'portal.created.v1': own('name'),
  'portal.settings-changed.v1': own('name'),
  'portal.identity-provider-added.v1': part('identity_provider_id', 'issuer_url'),
  'portal.identity-provider-edited.v1': part('identity_provider_id', 'issuer_url'),
  'service-token.issued.v1': own('name'),
  'team.created.v1': own('name'),
  'team.edited.v1': own('name'),
  'auth-strategy.created.v1': own('name'),
  'auth-strategy.edited.v1': own('name'),
  'dcr-provider.created.v1': own('name'),
  'dcr-provider.edited.v1': own('name'),
};

/** Fields of events that refer to another stream. */
const REFERENCES: Readonly<Record<string, string>> = {
  developer_id: 'developer',
  product_id: 'product',
  portal_id: 'portal',
  portal_ids: 'portal',
  team_id: 'team',
  auth_strategy_id: 'authStrategy',
  dcr_provider_id: 'dcrProvider',
  auth_strategy_ids: 'authStrategy',
  default_application_auth_strategy_id: 'authStrategy',
};

/** The streams that events are in or speak of. */
function* streamsIn(events: readonly StoredEvent[]): Iterable<string> {
  for (const { stream, data, metadata } of events) {
    yield stream;
    if (metadata['actor_kind'] === 'developer') yield `developer-${metadata['actor_id'] ?? ''}`;
    for (const [field, aggregate] of Object.entries(REFERENCES)) {
      for (const id of [data[field]].flat()) if (typeof id === 'string') yield `${aggregate}-${id}`;
    }
  }
}

/** The names of everything that events are about, from the streams themselves. */
export async function namesIn(events: readonly StoredEvent[], store: Pick<EventStore, 'readStream'>): Promise<Names> {
  const known = new Map<string, { readonly position: bigint; readonly name: string }[]>();
  const streams = [...new Set(streamsIn(events))];
  for (const event of (await Promise.all(streams.map((stream) => store.readStream(stream)))).flat()) {
    const [id, name] = NAMINGS[event.type]?.(event) ?? [];
    if (id === undefined || typeof name !== 'string') continue;
    const names = known.get(id) ?? [];
    names.push({ position: event.position, name });
    known.set(id, names);
  }
  return {
    at: (id, position) => {
      const names = known.get(id);
      return (names?.findLast((one) => one.position <= position) ?? names?.[0])?.name;
    },
    all: [...known.values()].flat().map(({ name }) => name),
  };
}
