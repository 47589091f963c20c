import { entry } from '../core/command.js';
import type { CommandEntry } from '../core/command.js';
import * as commands from './commands.js';
import { createAuthStrategy, deleteAuthStrategy, editAuthStrategy, providerAfter } from './decide.js';
import type { AuthStrategyState } from './state.js';

const ofStrategy = { aggregate: 'authStrategy', expects: 'existing', id: 'auth_strategy_id' } as const;

export const authStrategyEntries: Record<string, CommandEntry> = {
  CreateAuthStrategy: entry<commands.CreateAuthStrategy, AuthStrategyState>({
    command: commands.CreateAuthStrategy,
    does: 'Creates a way for applications to prove who they are: API keys, or tokens of an identity provider.',
    aggregate: 'authStrategy',
    expects: 'new',
    permission: ['admin', 'integration', 'system'],
    reads: ({ dcr_provider_id: id }) => ({ provider: id == null ? undefined : { stream: 'dcrProvider', id } }),
    decide: createAuthStrategy,
    causes: ['auth-strategy.created.v1'],
  }),
  EditAuthStrategy: entry<commands.EditAuthStrategy, AuthStrategyState>({
    ...ofStrategy,
    command: commands.EditAuthStrategy,
    does: 'Changes an auth strategy, all but its type; existing keys keep their expiry.',
    permission: ['admin', 'integration'],
    reads: (command, state) => {
      const id = providerAfter(state, command);
      const moves = id !== state.dcr_provider_id;
      return {
        provider: id === null ? undefined : { stream: 'dcrProvider', id },
        applications: moves ? { question: 'applications-with-strategy', id: command.auth_strategy_id } : undefined,
      };
    },
    decide: editAuthStrategy,
    causes: ['auth-strategy.edited.v1'],
  }),
  DeleteAuthStrategy: entry<commands.DeleteAuthStrategy, AuthStrategyState>({
    ...ofStrategy,
    command: commands.DeleteAuthStrategy,
    does: 'Deletes an auth strategy that no application and no published product version uses, and that is no default of a portal.',
    permission: ['admin', 'integration'],
    reads: (command) => ({
      applications: { question: 'applications-with-strategy', id: command.auth_strategy_id },
      publications: { question: 'publications-with-strategy', id: command.auth_strategy_id },
      portals: { question: 'portals-with-default-strategy', id: command.auth_strategy_id },
    }),
    decide: deleteAuthStrategy,
    causes: ['auth-strategy.deleted.v1'],
  }),
};
