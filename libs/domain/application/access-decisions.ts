/** Approving, rejecting and revoking access: what an administrator decides about an application's registrations. */
import type { Decide, Decision, NewEvent } from '../core/decider.js';
import { after } from '../core/fold.js';
import { isRefusal, refuse, type Refusal } from '../core/refusal.js';
import type { ApproveApp } from './commands.js';
import type { ApplicationEvent, RegistrationStatus } from './events.js';
import { subjectOf } from './facts.js';
import { application, type ApplicationState, type Registration } from './state.js';

type Decided = Exclude<RegistrationStatus, 'pending'>;

/** Which status may follow which. A rejection or revocation may be reconsidered; nothing becomes pending again. */
export const REGISTRATION_TRANSITIONS: Readonly<Record<RegistrationStatus, readonly Decided[]>> = {
  pending: ['approved', 'rejected'],
  approved: ['revoked'],
  revoked: ['approved'],
  rejected: ['approved'],
};

/** For each outcome: the command, and the status of the registrations that it is about when it names none. */
const DECISIONS = {
  approved: { command: 'ApproveApp', type: 'application.access-approved.v1', unnamed: 'pending' },
  rejected: { command: 'RejectApp', type: 'application.access-rejected.v1', unnamed: 'pending' },
  revoked: { command: 'RevokeApp', type: 'application.access-revoked.v1', unnamed: 'approved' },
} as const satisfies Record<Decided, { command: string; type: ApplicationEvent['type']; unnamed: RegistrationStatus }>;

/** The refusal of a status that cannot follow, naming the commands that could. Also for surfaces that set a status by name. */
export const statusNotPossible = (
  { id, status }: Pick<Registration, 'id' | 'status'>,
  to: RegistrationStatus,
): Refusal =>
  refuse(
    'registration_status_not_possible',
    { registration_id: id, from: status, to },
    REGISTRATION_TRANSITIONS[status].map((next) => DECISIONS[next].command),
  );

/** The command that gives a registration a status; undefined for `pending`, which none does. */
export const commandForStatus = (status: RegistrationStatus): string | undefined =>
  status === 'pending' ? undefined : DECISIONS[status].command;

/**
 * All or nothing: one registration that cannot take the status refuses the whole command. A named one that has it already
 * stays as it is; with none named, those that wait at the revision decided on, and there must be one.
 */
export const decideAccess =
  (to: Decided): Decide<ApproveApp, ApplicationState> =>
  (state, command, _facts, env) => {
    if (!state.exists) return refuse('application_not_found', { id: command.application_id });
    const { expected_revision: expected } = command;
    if (expected !== undefined && expected !== env.revision) {
      return refuse('revision_changed', { revision: env.revision, expected });
    }
    const chosen = choose(state, command.registration_ids, DECISIONS[to].unnamed);
    if (isRefusal(chosen)) return chosen;
    const changing = chosen.filter(({ status }) => status !== to);
    const impossible = changing.find(({ status }) => !REGISTRATION_TRANSITIONS[status].includes(to));
    if (impossible) return statusNotPossible(impossible, to);
    const events = changing.map(({ id, product_id, product_version_id, status }): NewEvent<ApplicationEvent> => ({
      type: DECISIONS[to].type,
      data: { registration_id: id, product_id, product_version_id, from: status, reason: command.reason ?? null },
      ...subjectOf(state, command),
    }));
    return answer(command.application_id, after(application, state, events, env.now), chosen, events);
  };

function choose(
  state: ApplicationState,
  named: readonly string[] | undefined,
  unnamed: RegistrationStatus,
): readonly Registration[] | Refusal {
  if (!named) {
    const waiting = state.registrations.filter(({ status }) => status === unnamed);
    return waiting.length > 0 ? waiting : refuse('no_registrations_to_decide', { from: unnamed });
  }
  const missing = named.find((id) => !state.registrations.some((registration) => registration.id === id));
  if (missing !== undefined) return refuse('registration_not_found', { registration_id: missing });
  return state.registrations.filter(({ id }) => named.includes(id));
}

const answer = (
  application_id: string,
  state: ApplicationState,
  chosen: readonly Registration[],
  events: Decision['events'],
): Decision => ({
  events,
  result: {
    application_id,
    registrations: state.registrations
      .filter(({ id }) => chosen.some((registration) => registration.id === id))
      .map(({ id, status, product_version_id }) => ({ id, status, product_version_id })),
  },
});
