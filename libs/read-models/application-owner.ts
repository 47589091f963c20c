import type { ApplicationCreated } from '#domain/application/events.js';
import type { Doc, Selection } from './port.js';
import type { EventWith } from './rules.js';

/** Whose an application is: what its later events do not repeat, though documents about its parts show it. */
export interface ApplicationOwner {
  readonly developer_id: string;
  readonly portal_id: string;
}

/** Keeps the owner for a view's own use, in a document named like the stream; no query asks for its only field. */
export const ownerDoc = ({ stream, data }: EventWith<ApplicationCreated>): Doc => ({
  id: stream,
  owner: { developer_id: data.developer_id, portal_id: data.portal_id } satisfies ApplicationOwner,
});

export const ownerOnly = ({ stream }: { readonly stream: string }): Selection => ({ ids: [stream] });

/** The owner's document and all documents of the application. */
export const wholeApplication = ({ stream, entityId }: { stream: string; entityId: string }): Selection => ({
  ids: [stream],
  where: ['application_id', entityId],
});

/** Undefined: the application does not exist (any more). */
export const ownerIn = (docs: ReadonlyMap<string, Doc>, stream: string): ApplicationOwner | undefined =>
  docs.get(stream)?.['owner'] as ApplicationOwner | undefined;
