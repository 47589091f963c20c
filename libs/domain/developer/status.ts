import type { Decide, NewEvent } from '../core/decider.js';
import { refuse } from '../core/refusal.js';
import { decided, onExisting } from './decide.js';
import type { DeveloperEvent, DeveloperStatus } from './events.js';
import type { DeveloperState } from './state.js';

interface StatusCommand {
  readonly developer_id: string;
  readonly reason?: string | null;
}

/** What each command makes of a developer, and from where. A rejected or revoked developer may be approved after all. */
export const DEVELOPER_TRANSITIONS = {
  ApproveDeveloper: { to: 'approved', from: ['pending', 'rejected', 'revoked'], event: 'developer.approved.v1' },
  RejectDeveloper: { to: 'rejected', from: ['pending'], event: 'developer.rejected.v1' },
  RevokeDeveloper: { to: 'revoked', from: ['approved'], event: 'developer.revoked.v1' },
} as const satisfies Record<
  string,
  { to: DeveloperStatus; from: readonly DeveloperStatus[]; event: DeveloperEvent['type'] }
>;

type Transition = (typeof DEVELOPER_TRANSITIONS)[keyof typeof DEVELOPER_TRANSITIONS];

const includes = (statuses: readonly DeveloperStatus[], status: DeveloperStatus): boolean => statuses.includes(status);

/** The commands that would change a developer of this status. */
export const possibleDeveloperCommands = (status: DeveloperStatus): readonly string[] =>
  Object.entries(DEVELOPER_TRANSITIONS)
    .filter(([, transition]) => includes(transition.from, status))
    .map(([command]) => command);

/** The refusal of a status that no command leads to from here, such as back to pending. */
export const statusNotPossible = (from: DeveloperStatus, to: DeveloperStatus) =>
  refuse('developer_status_not_possible', { from, to }, possibleDeveloperCommands(from));

/** An administrator's decision; the same status again is no decision and leaves no trace. */
export const changeStatus = (transition: Transition): Decide<StatusCommand, DeveloperState> =>
  onExisting((state, command, _facts, env) => {
    if (state.status === transition.to) return decided(command.developer_id, state, [], env);
    if (!includes(transition.from, state.status)) return statusNotPossible(state.status, transition.to);
    const reason = command.reason ?? null;
    const event: NewEvent<DeveloperEvent> = {
      type: transition.event,
      data: { from: state.status, reason },
      ...(reason !== null && { subject: command.developer_id }),
    };
    return decided(command.developer_id, state, [event], env);
  });
