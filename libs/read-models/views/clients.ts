import { clientAfter, type Client } from '#domain/application/client-state.js';
import type { ApplicationEvent } from '#domain/application/events.js';
import { clientEvents } from '#domain/application/client-events.js';
import { forEach } from '../mirror.js';
import type { Doc, View } from '../port.js';
import { entity } from '../rules.js';

/**
 * One document per client that is, or may be, at a provider, by the id of its application: those of deleted applications
 * too, until they are deleted there.
 */
export const clients: View = {
  name: 'clients',
  version: 1,
  indexes: [['dcr_provider_id'], ['status']],
  rules: forEach([...Object.keys(clientEvents), 'application.deleted.v1'], {
    select: entity,
    reduce(docs, event) {
      const id = event.entityId;
      const present = docs.get(id);
      const before = (present ?? null) as (Client & Doc) | null;
      const client = clientAfter(before, event as unknown as ApplicationEvent);
      if (!client || client.status === 'gone') return new Map(present && [[id, null]]);
      const since = client.status === before?.status ? before['since'] : event.at;
      return new Map<string, Doc>([[id, { ...client, id, since }]]);
    },
  }),
};
