import type {
  AccessDecided,
  AccessRequested,
  ApplicationCreated,
  ApplicationEdited,
  ApplicationEvent,
  RegistrationStatus,
} from '#domain/application/events.js';
import { product, versionOf, type ProductState } from '#domain/product/state.js';
import { ownerIn, ownerOnly, wholeApplication } from '../application-owner.js';
import { foldText } from '../fold-text.js';
import { advance, keptState } from '../kept-state.js';
import type { LogEvent } from '../log-event.js';
import { forEach } from '../mirror.js';
import type { Changes, Doc, View } from '../port.js';
import { byId, edit, insert, remove, rulesFor, type EventWith } from '../rules.js';

/** Product events that give a name. None takes one away: registrations keep the names of what is deleted. */
const NAMING = ['product.created.v1', 'product.edited.v1', 'product.version-added.v1', 'product.version-edited.v1'];

const named = byId<AccessDecided>(({ data }) => data.registration_id);

/**
 * One document per registration of an application for a product version, with the names that lists show and search. The
 * view keeps the names of applications, whose they are, and the names of products beside them.
 */
export const registrations: View = {
  name: 'registrations',
  version: 1,
  indexes: [
    ['application_id', 'created_at'],
    ['developer_id', 'created_at'],
    ['portal_id', 'created_at'],
    ['portal_id', 'status', 'created_at'],
    ['product_id'],
    ['product_version_id', 'status'],
  ],
  rules: {
    ...rulesFor<ApplicationEvent>({
      'application.created.v1': insert(applicationDoc, ownerOnly),
      'application.edited.v1': { select: (event) => (event.data.name === undefined ? {} : wholeApplication(event)), reduce: renamed },
      'application.deleted.v1': remove(wholeApplication),
      'application.access-requested.v1': { select: withNames, reduce: requested },
      'application.access-approved.v1': become('approved'),
      'application.access-rejected.v1': become('rejected'),
      'application.access-revoked.v1': become('revoked'),
      'application.access-withdrawn.v1': remove(named),
    }),
    ...forEach(NAMING, {
      select: ({ stream, entityId }) => ({ ids: [stream], where: ['product_id', entityId] }),
      reduce: ofProduct,
    }),
  },
};
