import { EVENTS } from '#domain/registry.js';
import type { StoredEvent } from '#event-store/port.js';
import { splitStream } from '#read-models/log-event.js';

/** What something was called then; null: the person was forgotten; undefined: it has no name. */
export type NameOf = (id: string) => string | null | undefined;

const FORGOTTEN = 'A person who was forgotten';

/** What a developer does or meets, whoever sent the command. */
const DEEDS_OF_DEVELOPERS = new Set([
  'developer.registered.v1',
  'developer.sign-up-repeated.v1',
  'developer.identity-linked.v1',
  'developer.email-confirmed.v1',
  'developer.password-reset-requested.v1',
  'developer.password-set.v1',
]);

/** Who is named as the one who did it. Somebody who signs up is not known before, so it is the developer it made. */
export function whoDid({ stream, metadata }: StoredEvent, nameOf: NameOf): string | null {
  const { aggregate, entityId } = splitStream(stream);
  const kind = metadata['actor_kind'];
  const id = metadata['actor_id'] ?? '';
  if (kind === 'anonymous') return aggregate === 'developer' ? (nameOf(entityId) ?? null) : null;
  return kind === 'developer' ? (nameOf(id) ?? null) : id;
}

function subjectOf(event: StoredEvent, nameOf: NameOf): string {
  const { metadata, stream } = event;
  if (metadata['by'] === 'policy') return 'A setting';
  if (DEEDS_OF_DEVELOPERS.has(event.type)) return nameOf(splitStream(stream).entityId) ?? FORGOTTEN;
  const name = whoDid(event, nameOf);
  switch (metadata['actor_kind']) {
    case 'system':
      return `Gatehouse (${name})`;
    case 'integration':
      return `The integration ${name}`;
    case 'anonymous':
      return name ?? 'Somebody';
    default:
      return name ?? FORGOTTEN;
  }
}

/** Who sent the command that made a developer's deed, if not the developer. */
function through({ type, metadata }: StoredEvent): string {
  const kind = metadata['actor_kind'];
  const sender = kind === 'admin' || kind === 'approver' || kind === 'integration' ? metadata['actor_id'] : undefined;
  return sender && DEEDS_OF_DEVELOPERS.has(type) ? `, through ${sender}` : '';
}

/** The event as a sentence: who, and the event's words with the names of what it speaks of. */
export function sentence(event: StoredEvent, nameOf: NameOf): string {
  const template = EVENTS.get(event.type)?.words ?? event.type;
  const words = template.replace(/\[\{(\w+)\}\]|\{(\w+)\}/g, (_, quoted?: string, plain?: string) => {
    const value = valueOf(event, (quoted ?? plain)!, nameOf);
    return quoted === undefined ? value : `“${value}”`;
  });
  return `${subjectOf(event, nameOf)} ${words}${through(event)}`;
}

/** An id is called by its name; a version also by its product's, except in that product's own story. */
function valueOf({ stream, data }: StoredEvent, field: string, nameOf: NameOf): string {
  const value = data[field];
  if (typeof value !== 'string') return value == null ? '' : String(value);
  const name = field.endsWith('_id') ? (nameOf(value) ?? value) : value;
  const productId = data['product_id'];
  if (field !== 'product_version_id' || typeof productId !== 'string' || stream === `product-${productId}`) return name;
  const product = nameOf(productId);
  return product ? `${name} of ${product}` : name;
}
