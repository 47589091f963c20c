import { entry } from '../core/command.js';
import type { CommandEntry } from '../core/command.js';
import * as commands from './commands.js';
import * as decide from './decide.js';
import type { ServiceTokenState } from './state.js';

export const serviceTokenEntries: Record<string, CommandEntry> = {
  IssueServiceToken: entry<commands.IssueServiceToken, ServiceTokenState>({
    command: commands.IssueServiceToken,
    does: 'Issues a bearer token with a role; it is shown once.',
    aggregate: 'serviceToken',
    expects: 'new',
    permission: ['admin'],
    reads: ({ portal_id: id }) => ({ portal: id === undefined ? undefined : { stream: 'portal', id } }),
    decide: decide.issueServiceToken,
    causes: ['service-token.issued.v1'],
  }),
  RevokeServiceToken: entry<commands.RevokeServiceToken, ServiceTokenState>({
    command: commands.RevokeServiceToken,
    does: 'Ends a bearer token at once.',
    aggregate: 'serviceToken',
    expects: 'existing',
    id: 'token_id',
    permission: ['admin'],
    decide: decide.revokeServiceToken,
    onConflict: 'retry',
    causes: ['service-token.revoked.v1'],
  }),
};
