import { emailClaim } from '../core/claims.js';
import { entry } from '../core/command.js';
import type { CommandEntry } from '../core/command.js';
import { linkIdentity, registerByIdentity } from './decide-identity.js';
import { LinkIdentity, RegisterDeveloperByIdentity } from './identity-commands.js';
import type { DeveloperState } from './state.js';

/** What follows from a sign-in at an identity provider. */
export const developerIdentityEntries: Record<string, CommandEntry> = {
  RegisterDeveloperByIdentity: entry<RegisterDeveloperByIdentity, DeveloperState>({
    command: RegisterDeveloperByIdentity,
    does: "Makes an account at somebody's first sign-in through the portal's identity provider.",
    aggregate: 'developer',
    expects: 'new',
    permission: ['system'],
    reads: (command) => ({ portal: { stream: 'portal', id: command.portal_id } }),
    decide: registerByIdentity,
    causes: [
      'developer.registered.v1',
      'developer.identity-linked.v1',
      'developer.email-confirmed.v1',
      'developer.approved.v1',
    ],
  }),
  LinkIdentity: entry<LinkIdentity, DeveloperState>({
    aggregate: 'developer',
    expects: 'existing',
    id: 'developer_id',
    command: LinkIdentity,
    does: 'Lets a developer with a confirmed address sign in through the identity provider that vouches for the address.',
    permission: ['system'],
    reads: (command, state) => ({
      portal: state.exists ? { stream: 'portal', id: state.portal_id } : undefined,
      holder: state.exists ? { claim: emailClaim(state.portal_id, command.email), aggregate: 'developer' } : undefined,
    }),
    decide: linkIdentity,
    onConflict: 'retry',
    causes: ['developer.identity-linked.v1'],
  }),
};
