import { emailClaim } from '../core/claims.js';
import type { Decide, NewEvent } from '../core/decider.js';
import { streamFact } from '../core/facts.js';
import { refuse } from '../core/refusal.js';
import { activeProvider, identityClaim } from '../portal/identity-provider.js';
import type { PortalState } from '../portal/state.js';
import { decided, onExisting } from './decide.js';
import type { DeveloperEvent } from './events.js';
import type { LinkIdentity, RegisterDeveloperByIdentity } from './identity-commands.js';
import type { DeveloperState } from './state.js';

type Event = NewEvent<DeveloperEvent>;

/** The portal trusts the provider now, under this issuer: a switch in between must not let anybody in. */
const trusts = (
  portal: PortalState | undefined,
  { identity_provider_id: id, issuer }: LinkIdentity | RegisterDeveloperByIdentity,
) => {
  const provider = portal?.exists ? activeProvider(portal.identity_providers) : undefined;
  return provider?.id === id && provider.issuer_url === issuer;
};

const linked = (
  portalId: string,
  developerId: string,
  { identity_provider_id, issuer, subject }: LinkIdentity | RegisterDeveloperByIdentity,
): Event => ({
  type: 'developer.identity-linked.v1',
  data: { identity_provider_id, issuer, subject },
  take: [identityClaim(portalId, issuer, subject)],
  subject: developerId,
});

/**
 * The first sign-in of somebody without an account makes one, in one append: the address and the identity are taken
 * together. A portal that says so leaves the approval to administrators.
 */
export const registerByIdentity: Decide<RegisterDeveloperByIdentity, DeveloperState> = (state, command, facts, env) => {
  const { portal_id } = command;
  const portal = streamFact<PortalState>(facts, 'portal')?.state;
  if (!portal?.exists) return refuse('portal_not_found', { id: portal_id });
  if (portal.is_public) return refuse('portal_is_public');
  if (!trusts(portal, command)) return refuse('identity_provider_not_found', { id: command.identity_provider_id });
  const id = env.id('developer');
  const email = command.email.trim();
  const events: Event[] = [
    {
      type: 'developer.registered.v1',
      data: { portal_id, email, full_name: command.full_name.trim() },
      take: [emailClaim(portal_id, email)],
      subject: id,
    },
    linked(portal_id, id, command),
  ];
  if (command.email_verified) events.push({ type: 'developer.email-confirmed.v1', data: {} });
  if (portal.auto_approve_identities)
    events.push({ type: 'developer.approved.v1', data: { from: 'pending', reason: null }, by: 'policy' });
  return decided(id, state, events, env);
};

/**
 * Lets an account that began with an e-mail address be reached through the identity provider too. Both sides must have
 * proven the address, and the account must not be somebody else's at the same provider: addresses are given to new people.
 */
export const linkIdentity = onExisting<LinkIdentity>((state, command, facts, env) => {
  const { developer_id: id, issuer } = command;
  const portal = streamFact<PortalState>(facts, 'portal')?.state;
  if (!trusts(portal, command)) return refuse('identity_provider_not_found', { id: command.identity_provider_id });
  const holder = streamFact<DeveloperState>(facts, 'holder');
  if (holder?.id !== id || !command.email_verified || !state.email_confirmed) return refuse('identity_not_verified');
  if (state.status !== 'approved' && state.status !== 'pending') return refuse('identity_not_verified');
  if (state.identities.some((other) => other.issuer === issuer)) return refuse('identity_of_another');
  return decided(id, state, [linked(state.portal_id, id, command)], env);
});
