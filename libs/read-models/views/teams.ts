import { teamEvents } from '#domain/team/events.js';
import { team, type TeamState } from '#domain/team/state.js';
import { foldText } from '../fold-text.js';
import { mirror } from '../mirror.js';
import type { View } from '../port.js';

/** One document per team: its state without roles, which the view `roles` has. */
export const teams: View = {
  name: 'teams',
  version: 1,
  indexes: [['portal_id', 'name_folded']],
  rules: mirror<TeamState>({
    events: teamEvents,
    decider: team,
    without: ['roles'],
    also: ({ name }) => ({ name_folded: foldText(name) }),
  }),
};
