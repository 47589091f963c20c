import { applicationEvents } from '#domain/application/events.js';
import { application } from '#domain/application/state.js';
import { foldText } from '../fold-text.js';
import { mirror } from '../mirror.js';
import type { View } from '../port.js';

/** What happens to keys changes nothing here. */
const concerning = Object.fromEntries(
  Object.entries(applicationEvents).filter(([type]) => !type.startsWith('application.credential-')),
);

/**
 * One document per application: its state with its registrations, without its credentials, whose digests are nobody's to
 * read. `revision` is that of the last event that concerned the document.
 */
export const applications: View = {
  name: 'applications',
  version: 1,
  indexes: [
    ['auth_strategy_id'],
    ['developer_id', 'created_at'],
    ['developer_id', 'name_folded'],
    ['portal_id', 'created_at'],
    ['portal_id', 'name_folded'],
  ],
  rules: mirror({
    events: concerning,
    decider: application,
    also: ({ name, registrations }) => ({ name_folded: foldText(name), registration_count: registrations.length }),
    without: ['credentials', 'denied_version_ids'],
  }),
};
