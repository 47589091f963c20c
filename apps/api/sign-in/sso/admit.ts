import type { Context } from '../../http/context.js';
import type { Sender } from '../../http/sender.js';
import type { Services } from '../../services.js';
import { developerByEmail } from '../accounts.js';
import type { FailureReason } from './failures.js';
import type { Actor } from '#domain/core/decider.js';
import type { DeveloperState } from '#domain/developer/state.js';
import { identityClaim, type IdentityProvider } from '#domain/portal/identity-provider.js';
import type { Person } from '#sso/person.js';

/** Who the log says has acted: nobody has signed in yet. */
export const SINGLE_SIGN_ON: Actor = { kind: 'system', id: 'single-sign-on' };

export type Admission = { readonly developerId: string } | { readonly obstacle: FailureReason };

type Finder = Pick<Services, 'store' | 'keyring' | 'sessionStates'>;

/** The developer of the portal whom the provider knows by this subject. */
async function developerByIdentity({ store, keyring }: Finder, portalId: string, { issuer, subject }: Person) {
  const stream = await store.ownerOf(keyring.claimHash(identityClaim(portalId, issuer, subject)));
  return stream?.slice('developer-'.length);
}

const OBSTACLES: Readonly<Record<string, FailureReason>> = {
  identity_not_verified: 'address-of-another',
  identity_of_another: 'identity-of-another',
  identity_provider_not_found: 'provider-changed',
  portal_is_public: 'portal-public',
};

/**
 * The account of somebody who has just signed in at the provider: known by issuer and subject, else linked by an address that
 * both sides have proven, else made. Later sign-ins change nothing about it.
 */
export async function admit(
  services: Finder,
  sender: Sender,
  context: Context,
  provider: IdentityProvider,
  person: Person,
): Promise<Admission> {
  const { id: portalId } = context.portal;
  const known = await developerByIdentity(services, portalId, person);
  if (known !== undefined) return standing(services, known);
  if (person.email === undefined) return { obstacle: 'no-email' };
  const identity = {
    identity_provider_id: provider.id,
    issuer: person.issuer,
    subject: person.subject,
    email: person.email,
    email_verified: person.emailVerified,
  };
  const holder = await developerByEmail(services, portalId, person.email);
  if (holder !== undefined && person.emailVerified) {
    const { state } = await services.sessionStates.load<DeveloperState>('developer', holder);
    if (state.status === 'rejected' || state.status === 'revoked') return { obstacle: state.status };
  }
  const outcome = await (holder === undefined
    ? sender.offer(context, 'RegisterDeveloperByIdentity', { portal_id: portalId, full_name: person.name, ...identity }, { actor: SINGLE_SIGN_ON }) // prettier-ignore
    : sender.offer(context, 'LinkIdentity', { developer_id: holder, ...identity }, { actor: SINGLE_SIGN_ON }));
  if (outcome.kind === 'accepted') return standing(services, outcome.stream.slice('developer-'.length));
  // A second tab of the same person may have been faster.
  const winner = await developerByIdentity(services, portalId, person);
  if (winner !== undefined) return standing(services, winner);
  return { obstacle: OBSTACLES[outcome.refusal.refusal] ?? 'unavailable' };
}

async function standing({ sessionStates }: Finder, developerId: string): Promise<Admission> {
  const { state } = await sessionStates.load<DeveloperState>('developer', developerId);
  return state.status === 'approved' ? { developerId } : { obstacle: state.status };
}
