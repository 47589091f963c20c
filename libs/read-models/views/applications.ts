import { applicationEvents } from '#domain/application/events.js';
import { application } from '#domain/application/state.js';
import { foldText } from '../fold-text.js';
import { mirror } from '../mirror.js';
import type { View } from '../port.js';

/** What happens to keys and registrations changes nothing here. */
const concerning = Object.fromEntries(
  Object.entries(applicationEvents).filter(([type]) => !/^application\.(credential|access)-/.test(type)),
);

/**
 * One document per application: its state without credentials, whose digests are nobody's to read, and without
 * registrations, which have a view of their own. `revision` is that of the last event that concerned the document.
 */
export const applications: View = {
  name: 'applications',
  version: 3,
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
    also: ({ name }) => ({ name_folded: foldText(name) }),
    without: ['credentials', 'denied_version_ids', 'registrations'],
  }),
};
