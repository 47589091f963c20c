import { entry, type CommandEntry } from '../core/command.js';
import * as commands from './commands.js';
import { SECRET_FIELDS } from './config.js';
import { createDcrProvider, deleteDcrProvider, editDcrProvider, recordVerification } from './decide.js';
import type { DcrProviderState } from './state.js';

const ofProvider = { aggregate: 'dcrProvider', expects: 'existing', id: 'dcr_provider_id' } as const;

export const dcrProviderEntries: Record<string, CommandEntry> = {
  CreateDcrProvider: entry<commands.CreateDcrProvider, DcrProviderState>({
    command: commands.CreateDcrProvider,
    does: 'Makes a server known at which clients are registered for applications.',
    secrets: SECRET_FIELDS,
    aggregate: 'dcrProvider',
    expects: 'new',
    permission: ['admin'],
    decide: createDcrProvider,
    causes: ['dcr-provider.created.v1'],
  }),
  EditDcrProvider: entry<commands.EditDcrProvider, DcrProviderState>({
    ...ofProvider,
    command: commands.EditDcrProvider,
    does: 'Changes a registration provider, all but its type.',
    secrets: SECRET_FIELDS,
    permission: ['admin'],
    decide: editDcrProvider,
    causes: ['dcr-provider.edited.v1'],
  }),
  DeleteDcrProvider: entry<commands.DeleteDcrProvider, DcrProviderState>({
    ...ofProvider,
    command: commands.DeleteDcrProvider,
    does: 'Forgets a registration provider that no auth strategy uses and at which no client is registered.',
    permission: ['admin'],
    reads: (command) => ({
      strategies: { question: 'strategies-with-dcr-provider', id: command.dcr_provider_id },
      clients: { question: 'clients-of-dcr-provider', id: command.dcr_provider_id },
    }),
    decide: deleteDcrProvider,
    causes: ['dcr-provider.deleted.v1'],
  }),
  RecordDcrVerification: entry<commands.RecordDcrVerification, DcrProviderState>({
    ...ofProvider,
    command: commands.RecordDcrVerification,
    does: 'Records what came of trying a registration provider.',
    permission: ['system'],
    decide: recordVerification,
    onConflict: 'retry',
    causes: ['dcr-provider.verified.v1'],
  }),
};
