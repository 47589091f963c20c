import { entry, type CommandEntry } from '../core/command.js';
import * as commands from './client-commands.js';
import * as client from './client.js';
import { referenceClaim } from './claims.js';
import { readsProvider, readsStrategy } from './facts.js';
import type { ApplicationState } from './state.js';

const ofApplication = { aggregate: 'application', expects: 'existing', id: 'application_id' } as const;

/** What follows from calls to identity providers; deleted applications included, whose clients are still to go. */
export const clientEntries: Record<string, CommandEntry> = {
  RecordClient: entry<commands.RecordClient, ApplicationState>({
    ...ofApplication,
    command: commands.RecordClient,
    does: "Records the client that an identity provider registered; its id is the application's reference id.",
    permission: ['system'],
    reads: (_command, state) => readsStrategy(state),
    decide: client.recordClient,
    onConflict: 'retry',
    causes: ['application.client-registered.v1'],
  }),
  FailClient: entry<commands.FailClient, ApplicationState>({
    ...ofApplication,
    command: commands.FailClient,
    does: 'Records that no client was registered, and takes the application back.',
    permission: ['system'],
    decide: client.failClient,
    onConflict: 'retry',
    causes: ['application.client-registration-failed.v1', 'application.client-located.v1', 'application.deleted.v1'],
  }),
  ResolveClient: entry<commands.ResolveClient, ApplicationState>({
    ...ofApplication,
    command: commands.ResolveClient,
    does: 'Says what a registration without an answer had made: a client, which is then deleted, or none.',
    permission: ['admin', 'system'],
    reads: ({ client_id }, { portal_id }) => ({
      holder: client_id == null ? undefined : { claim: referenceClaim(portal_id, client_id), aggregate: 'application' },
    }),
    decide: client.resolveClient,
    onConflict: 'retry',
    causes: ['application.client-located.v1'],
  }),
  RecordClientDeletion: entry<commands.RecordClientDeletion, ApplicationState>({
    ...ofApplication,
    command: commands.RecordClientDeletion,
    does: 'Records that the client of a deleted application is deleted as well.',
    permission: ['system'],
    decide: client.recordClientDeletion,
    onConflict: 'retry',
    causes: ['application.client-deleted.v1'],
  }),
  ResetClientSecret: entry<commands.ResetClientSecret, ApplicationState>({
    ...ofApplication,
    command: commands.ResetClientSecret,
    does: "Asks the identity provider for a new secret of the application's client.",
    permission: ['owner'],
    reads: (_command, state) => readsProvider(state),
    decide: client.resetClientSecret,
    onConflict: 'retry',
    causes: ['application.client-secret-reset-requested.v1'],
  }),
  RecordClientSecret: entry<commands.RecordClientSecret, ApplicationState>({
    ...ofApplication,
    command: commands.RecordClientSecret,
    does: 'Records that a client has a new secret, or has none.',
    permission: ['system'],
    decide: client.recordClientSecret,
    onConflict: 'retry',
    causes: ['application.client-secret-reset.v1', 'application.client-secret-reset-failed.v1'],
  }),
};
