import type { ApplicationEvent, CredentialGenerated } from '#domain/application/events.js';
import { ownerDoc, ownerIn, ownerOnly, wholeApplication } from '../application-owner.js';
import type { Changes, Doc, View } from '../port.js';
import { byId, edit, insert, remove, rulesFor, type EventWith } from '../rules.js';

interface CredentialDoc extends Doc {
  readonly status: 'active' | 'revoked' | 'expired';
}

const named = byId<{ readonly credential_id: string }>(({ data }) => data.credential_id);

/**
 * One document per API key, without its digest. `status` is what the log has recorded: an active one whose `expires_at` has
 * passed is expired all the same.
 */
export const credentials: View = {
  name: 'credentials',
  version: 1,
  indexes: [
    ['application_id', 'created_at'],
    ['status', 'expires_at'],
  ],
  rules: rulesFor<ApplicationEvent>({
    'application.created.v1': insert(ownerDoc, ownerOnly),
    'application.deleted.v1': remove(wholeApplication),
    'application.credential-generated.v1': { select: ownerOnly, reduce: generated },
    'application.credential-renamed.v1': edit(named, (doc: CredentialDoc, { data, at }) => ({
      ...doc,
      display_name: data.display_name,
      updated_at: at,
    })),
    'application.credential-rotated.v1': edit(named, (doc: CredentialDoc, { data, at }) => ({
      ...doc,
      replaced_by: data.replaced_by,
      expires_at: data.expires_at,
      updated_at: at,
    })),
    'application.credential-revoked.v1': edit(named, (doc: CredentialDoc, { at }) => ({
      ...doc,
      status: 'revoked',
      updated_at: at,
    })),
    'application.credential-expired.v1': edit(named, (doc: CredentialDoc, { at }) =>
      doc.status === 'active' ? { ...doc, status: 'expired', updated_at: at } : doc,
    ),
  }),
};

function generated(docs: ReadonlyMap<string, Doc>, event: EventWith<CredentialGenerated>): Changes {
  const owner = ownerIn(docs, event.stream);
  if (!owner) return new Map();
  const { credential_id: id, display_name, expires_at, replaces } = event.data;
  const doc: CredentialDoc = {
    id,
    application_id: event.entityId,
    ...owner,
    display_name,
    status: 'active',
    created_at: event.at,
    updated_at: event.at,
    expires_at,
    replaces,
    replaced_by: null,
  };
  return new Map([[id, doc]]);
}
