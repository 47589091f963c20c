import { entry } from '../core/command.js';
import type { CommandEntry } from '../core/command.js';
import type { Reference } from '../core/decider.js';
import * as commands from './commands.js';
import { changePortalSettings, createPortal, deletePortal } from './decide.js';
import { domainClaim, preferredDomain } from './domains.js';
import { teamGroupEntries } from './decide-team-groups.js';
import { identityEntries } from './identity-entries.js';
import type { PortalState } from './state.js';

const ofPortal = { aggregate: 'portal', expects: 'existing', id: 'portal_id' } as const;

const strategyNamed = (id: string | null | undefined): Reference | undefined =>
  id == null ? undefined : { stream: 'authStrategy', id };

export const portalEntries: Record<string, CommandEntry> = {
  CreatePortal: entry<commands.CreatePortal, PortalState>({
    command: commands.CreatePortal,
    does: 'Creates a portal; private, and with every decision left to administrators, unless it says otherwise.',
    aggregate: 'portal',
    expects: 'new',
    permission: ['admin', 'integration'],
    reads: (command) => ({
      default_strategy: strategyNamed(command.default_application_auth_strategy_id),
      preferred_domain: { claim: domainClaim(preferredDomain(command.name)), aggregate: 'portal' },
    }),
    decide: createPortal,
    causes: ['portal.created.v1'],
  }),
  ChangePortalSettings: entry<commands.ChangePortalSettings, PortalState>({
    ...ofPortal,
    command: commands.ChangePortalSettings,
    does: "Changes some of a portal's settings; what is pending is not decided by it.",
    permission: ['admin', 'integration'],
    reads: (command) => ({ default_strategy: strategyNamed(command.default_application_auth_strategy_id) }),
    decide: changePortalSettings,
    causes: ['portal.settings-changed.v1'],
  }),
  DeletePortal: entry<commands.DeletePortal, PortalState>({
    ...ofPortal,
    command: commands.DeletePortal,
    does: 'Deletes a portal that has no developers and no product versions open for registration, or any with force.',
    permission: ['admin', 'integration'],
    reads: (command) =>
      command.force
        ? {}
        : {
            developers: { question: 'developers-of-portal', id: command.portal_id },
            versions: { question: 'registrable-versions-of-portal', id: command.portal_id },
          },
    decide: deletePortal,
    causes: ['portal.deleted.v1'],
  }),
  ...identityEntries,
  ...teamGroupEntries,
};
