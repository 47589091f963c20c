import { entry, type CommandEntry } from '../core/command.js';
import { decideAccess } from './access-decisions.js';
import { readsForRequest, requestAccess, withdrawAccess } from './access.js';
import { clientEntries } from './client-entries.js';
import * as commands from './commands.js';
import * as credentials from './credentials.js';
import { createApplication, deleteApplication, editApplication, readsForCreation } from './decide.js';
import { readsOwner, readsStrategy } from './facts.js';
import type { ApplicationState } from './state.js';

const ofApplication = { aggregate: 'application', expects: 'existing', id: 'application_id' } as const;

/** Developers for themselves; administrators and integrations on their behalf. */
const anybody = ['owner', 'admin', 'integration'] as const;
/** The consequences of other decisions (a removed developer, a removed version) take away as well. */
const anybodyOrSystem = [...anybody, 'system'] as const;

const owner = (_command: object, state: ApplicationState) => readsOwner(state);
const ownerAndStrategy = (_command: object, state: ApplicationState) => readsStrategy(state);

export const applicationEntries: Record<string, CommandEntry> = {
  CreateApplication: entry<commands.CreateApplication, ApplicationState>({
    command: commands.CreateApplication,
    does: 'Creates an application of an approved developer; its auth strategy is fixed from then on.',
    aggregate: 'application',
    expects: 'new',
    permission: anybody,
    reads: readsForCreation,
    decide: createApplication,
    causes: ['application.created.v1', 'application.client-registration-requested.v1'],
  }),
  EditApplication: entry<commands.EditApplication, ApplicationState>({
    ...ofApplication,
    command: commands.EditApplication,
    does: 'Changes what an application is called and where it leads; unchanged values change nothing.',
    permission: anybody,
    reads: ownerAndStrategy,
    decide: editApplication,
    causes: ['application.edited.v1'],
  }),
  DeleteApplication: entry<commands.DeleteApplication, ApplicationState>({
    ...ofApplication,
    command: commands.DeleteApplication,
    does: 'Deletes an application with its registrations and credentials; its keys end at once.',
    permission: anybodyOrSystem,
    reads: owner,
    decide: deleteApplication,
    causes: ['application.deleted.v1'],
  }),
  RequestAccess: entry<commands.RequestAccess, ApplicationState>({
    ...ofApplication,
    command: commands.RequestAccess,
    does: 'Asks for access to a published product version; approved at once where the portal or the version says so.',
    permission: anybody,
    reads: readsForRequest,
    decide: requestAccess,
    onConflict: 'retry',
    causes: ['application.access-requested.v1', 'application.access-approved.v1'],
  }),
  WithdrawAccess: entry<commands.WithdrawAccess, ApplicationState>({
    ...ofApplication,
    command: commands.WithdrawAccess,
    does: 'Gives up a registration, whatever its status; the version may be asked for again.',
    permission: anybodyOrSystem,
    reads: owner,
    decide: withdrawAccess,
    onConflict: 'retry',
    causes: ['application.access-withdrawn.v1'],
  }),
  ApproveApp: entry<commands.ApproveApp, ApplicationState>({
    ...ofApplication,
    command: commands.ApproveApp,
    does: "Approves an application's access requests: those it names, or all that are pending.",
    permission: ['admin', 'approver', 'integration'],
    decide: decideAccess('approved'),
    causes: ['application.access-approved.v1'],
  }),
  RejectApp: entry<commands.RejectApp, ApplicationState>({
    ...ofApplication,
    command: commands.RejectApp,
    does: "Rejects an application's access requests: those it names, or all that are pending.",
    permission: ['admin', 'approver', 'integration'],
    decide: decideAccess('rejected'),
    causes: ['application.access-rejected.v1'],
  }),
  RevokeApp: entry<commands.RevokeApp, ApplicationState>({
    ...ofApplication,
    command: commands.RevokeApp,
    does: "Revokes an application's access: the registrations it names, or all that are approved.",
    permission: ['admin', 'approver', 'integration', 'system'],
    decide: decideAccess('revoked'),
    causes: ['application.access-revoked.v1'],
  }),
  GenerateCredential: entry<commands.GenerateCredential, ApplicationState>({
    ...ofApplication,
    command: commands.GenerateCredential,
    does: 'Makes an API key, shown once; it expires as the auth strategy says.',
    permission: anybody,
    reads: ownerAndStrategy,
    decide: credentials.generateCredential,
    onConflict: 'retry',
    causes: ['application.credential-generated.v1'],
  }),
  RenameCredential: entry<commands.RenameCredential, ApplicationState>({
    ...ofApplication,
    command: commands.RenameCredential,
    does: 'Changes the display name of an API key.',
    permission: anybody,
    reads: owner,
    decide: credentials.renameCredential,
    onConflict: 'retry',
    causes: ['application.credential-renamed.v1'],
  }),
  RotateCredential: entry<commands.RotateCredential, ApplicationState>({
    ...ofApplication,
    command: commands.RotateCredential,
    does: 'Makes a new API key in place of another, which stays good for an overlap.',
    permission: anybody,
    reads: ownerAndStrategy,
    decide: credentials.rotateCredential,
    causes: ['application.credential-rotated.v1', 'application.credential-generated.v1'],
  }),
  RevokeCredential: entry<commands.RevokeCredential, ApplicationState>({
    ...ofApplication,
    command: commands.RevokeCredential,
    does: 'Ends an API key at once and for good.',
    permission: anybodyOrSystem,
    reads: owner,
    decide: credentials.revokeCredential,
    onConflict: 'retry',
    causes: ['application.credential-revoked.v1'],
  }),
  ExpireCredential: entry<commands.ExpireCredential, ApplicationState>({
    ...ofApplication,
    command: commands.ExpireCredential,
    does: 'Records an expiry that has passed.',
    permission: ['system'],
    decide: credentials.expireCredential,
    onConflict: 'retry',
    causes: ['application.credential-expired.v1'],
  }),
  ...clientEntries,
};
