import { entry } from '../core/command.js';
import type { CommandEntry } from '../core/command.js';
import * as commands from './identity-commands.js';
import * as decide from './decide-identity.js';
import type { PortalState } from './state.js';

const ofPortal = { aggregate: 'portal', expects: 'existing', id: 'portal_id', permission: ['admin'] } as const;

/** Only administrators: whoever names the identity provider decides who gets in. */
export const identityEntries: Record<string, CommandEntry> = {
  CreateIdentityProvider: entry<commands.CreateIdentityProvider, PortalState>({
    ...ofPortal,
    command: commands.CreateIdentityProvider,
    does: 'Adds an OpenID provider that developers may sign in to the portal through, once it is enabled.',
    secrets: ['config.client_secret'],
    decide: decide.createIdentityProvider,
    causes: ['portal.identity-provider-added.v1'],
  }),
  EditIdentityProvider: entry<commands.EditIdentityProvider, PortalState>({
    ...ofPortal,
    command: commands.EditIdentityProvider,
    does: 'Changes an identity provider, enables or disables it; at most one is enabled.',
    secrets: ['config.client_secret'],
    decide: decide.editIdentityProvider,
    causes: ['portal.identity-provider-edited.v1'],
  }),
  DeleteIdentityProvider: entry<commands.DeleteIdentityProvider, PortalState>({
    ...ofPortal,
    command: commands.DeleteIdentityProvider,
    does: 'Removes an identity provider; accounts that came through it stay.',
    decide: decide.deleteIdentityProvider,
    causes: ['portal.identity-provider-removed.v1'],
  }),
  EditAuthenticationSettings: entry<commands.EditAuthenticationSettings, PortalState>({
    ...ofPortal,
    command: commands.EditAuthenticationSettings,
    does: 'Sets how developers sign in to the portal: passwords, an identity provider, and what follows from either.',
    secrets: ['oidc_client_secret'],
    decide: decide.editAuthenticationSettings,
    causes: [
      'portal.identity-provider-added.v1',
      'portal.identity-provider-edited.v1',
      'portal.authentication-settings-changed.v1',
    ],
  }),
};
