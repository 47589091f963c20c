import { entry } from '../core/command.js';
import type { CommandEntry } from '../core/command.js';
import type { DeveloperState } from './state.js';
import * as commands from './commands.js';
import * as decide from './decide.js';
import { developerIdentityEntries } from './identity-entries.js';
import { membershipEntries } from './team-entries.js';
import { DEVELOPER_TRANSITIONS, changeStatus } from './status.js';

const ofDeveloper = { aggregate: 'developer', expects: 'existing', id: 'developer_id' } as const;

/** The developer's own portal: its settings decide on approval. */
const ownPortal = (_command: object, state: DeveloperState) => ({
  portal: state.exists ? ({ stream: 'portal', id: state.portal_id } as const) : undefined,
});

export const developerEntries: Record<string, CommandEntry> = {
  RegisterDeveloper: entry<commands.RegisterDeveloper, DeveloperState>({
    command: commands.RegisterDeveloper,
    does: 'Signs a developer up on a private portal; the address is still to be confirmed.',
    aggregate: 'developer',
    expects: 'new',
    permission: ['anonymous', 'admin', 'integration'],
    reads: (command) => ({ portal: { stream: 'portal', id: command.portal_id } }),
    decide: decide.registerDeveloper,
    causes: ['developer.registered.v1'],
    whenTaken: { refusal: 'email_taken', send: 'RepeatSignUp', idField: 'developer_id' },
  }),
  RepeatSignUp: entry<commands.RepeatSignUp, DeveloperState>({
    ...ofDeveloper,
    command: commands.RepeatSignUp,
    does: 'Has a developer told of a sign-up with the same address, at most once an hour.',
    permission: ['system'],
    decide: decide.repeatSignUp,
    onConflict: 'retry',
    causes: ['developer.sign-up-repeated.v1'],
  }),
  ConfirmEmail: entry<commands.ConfirmEmail, DeveloperState>({
    ...ofDeveloper,
    command: commands.ConfirmEmail,
    does: "Confirms the developer's e-mail address; approves the developer where the portal does so by itself.",
    permission: ['owner', 'system'],
    reads: ownPortal,
    decide: decide.confirmEmail,
    onConflict: 'retry',
    causes: ['developer.email-confirmed.v1', 'developer.approved.v1'],
  }),
  RequestPasswordReset: entry<commands.RequestPasswordReset, DeveloperState>({
    ...ofDeveloper,
    command: commands.RequestPasswordReset,
    does: 'Has a link to set a new password sent to the developer, at most once in ten minutes.',
    permission: ['anonymous', 'owner', 'admin', 'integration', 'system'],
    reads: ownPortal,
    decide: decide.requestPasswordReset,
    onConflict: 'retry',
    causes: ['developer.password-reset-requested.v1'],
  }),
  SetPassword: entry<commands.SetPassword, DeveloperState>({
    ...ofDeveloper,
    command: commands.SetPassword,
    does: 'Records that the developer has set a password through a mailed link; confirms the address if it was not yet.',
    permission: ['owner', 'system'],
    reads: ownPortal,
    decide: decide.setPassword,
    onConflict: 'retry',
    causes: ['developer.email-confirmed.v1', 'developer.approved.v1', 'developer.password-set.v1'],
  }),
  ApproveDeveloper: entry<commands.ApproveDeveloper, DeveloperState>({
    ...ofDeveloper,
    command: commands.ApproveDeveloper,
    does: 'Lets a pending, rejected or revoked developer in.',
    permission: ['admin', 'approver', 'integration'],
    decide: changeStatus(DEVELOPER_TRANSITIONS.ApproveDeveloper),
    causes: ['developer.approved.v1'],
  }),
  RejectDeveloper: entry<commands.RejectDeveloper, DeveloperState>({
    ...ofDeveloper,
    command: commands.RejectDeveloper,
    does: 'Turns a pending developer down.',
    permission: ['admin', 'approver', 'integration'],
    decide: changeStatus(DEVELOPER_TRANSITIONS.RejectDeveloper),
    causes: ['developer.rejected.v1'],
  }),
  RevokeDeveloper: entry<commands.RevokeDeveloper, DeveloperState>({
    ...ofDeveloper,
    command: commands.RevokeDeveloper,
    does: 'Shuts an approved developer out: sessions end, keys no longer open anything.',
    permission: ['admin', 'approver', 'integration'],
    decide: changeStatus(DEVELOPER_TRANSITIONS.RevokeDeveloper),
    causes: ['developer.revoked.v1'],
  }),
  RemoveDeveloper: entry<commands.RemoveDeveloper, DeveloperState>({
    ...ofDeveloper,
    command: commands.RemoveDeveloper,
    does: 'Removes the developer with all applications, and forgets the person; the address may sign up again.',
    permission: ['admin', 'integration', 'system'],
    decide: decide.removeDeveloper,
    causes: ['developer.removed.v1'],
  }),
  ...developerIdentityEntries,
  ...membershipEntries,
};
