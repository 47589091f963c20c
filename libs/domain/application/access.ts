/** Asking for access to a product version, and giving it up. */
import { availableScopes } from '../auth-strategy/state.js';
import { productVersionClaim } from '../core/claims.js';
import type { Decide, Facts, NewEvent } from '../core/decider.js';
import { after } from '../core/fold.js';
import { refuse } from '../core/refusal.js';
import { streamFact } from '../core/facts.js';
import { isPublishedOn, publicationOf, versionOf } from '../product/state.js';
import { accessThrough, FULL_ACCESS, isRestricted, teamIdsOf, type ProductAccess } from '../team/access.js';
import type { TeamState } from '../team/state.js';
import type { RequestAccess, WithdrawAccess } from './commands.js';
import type { ApplicationEvent } from './events.js';
import {
  admitted,
  developerOf,
  portalOf,
  productOf,
  readsStrategy,
  scopesRefused,
  strategyOf,
  subjectOf,
  type References,
} from './facts.js';
import { registrationResource } from './resources.js';
import { application, registrationOf, type ApplicationState } from './state.js';

const teamFact = (id: string): string => `team:${id}`;

/** The developer's teams, once it is known that the portal asks for roles. */
function readsTeams(facts: Facts): References {
  const [portal, developer] = [portalOf(facts)?.state, developerOf(facts)?.state];
  if (!portal || !developer || !isRestricted(portal)) return {};
  return Object.fromEntries(teamIdsOf(developer).map((id) => [teamFact(id), { stream: 'team', id }]));
}

/** What the developer may do, by the teams as they were read. */
function accessOf(facts: Facts): ProductAccess {
  const [portal, developer] = [portalOf(facts)!, developerOf(facts)!.state];
  if (!isRestricted(portal.state)) return FULL_ACCESS;
  const teams = teamIdsOf(developer).flatMap((id) => streamFact<TeamState>(facts, teamFact(id))?.state ?? []);
  return accessThrough(teams, portal.id);
}

/** The product is found by its version. */
export const readsForRequest = (command: RequestAccess, state: ApplicationState, facts: Facts): References => ({
  ...readsStrategy(state),
  ...readsTeams(facts),
  product: state.exists ? { claim: productVersionClaim(command.product_version_id), aggregate: 'product' } : undefined,
});

/**
 * The version must be published on the application's portal (and, where the portal asks for roles, be one that a team of the
 * developer may register for), open for registration, of the application's strategy, and
 * new to the application. Where the portal's or the publication's setting approves, both facts are one decision; but a
 * setting does not overrule an administrator who rejected or revoked access before: then a person decides again.
 */
export const requestAccess: Decide<RequestAccess, ApplicationState> = (state, command, facts, env) => {
  const refused = admitted(state, command, facts, env, { grants: true });
  if (refused) return refused;
  const versionId = command.product_version_id;
  const product = productOf(facts);
  const version = product && versionOf(product.state, versionId);
  const publication = product && publicationOf(product.state, versionId, state.portal_id);
  const access = accessOf(facts);
  const shown = product && isPublishedOn(product.state, versionId, state.portal_id) && access.mayView(product.id);
  if (!version || !publication || !shown) return refuse('product_version_not_found', { id: versionId });
  if (!access.mayRegister(product.id)) return refuse('role_required');
  const registered = registrationOf(state, versionId);
  if (registered) return refuse('registration_exists', { status: registered.status });
  if (!publication.application_registration_enabled) return refuse('registration_not_enabled');
  if (!publication.auth_strategy_ids.includes(state.auth_strategy_id)) return refuse('auth_strategy_differs');
  const scopes = command.scopes ?? [];
  const foreign = scopesRefused(scopes, availableScopes(strategyOf(facts)!.state));
  if (foreign) return foreign;

  const ids = { registration_id: env.id('registration'), product_id: product.id, product_version_id: versionId };
  const requested: NewEvent<ApplicationEvent> = {
    type: 'application.access-requested.v1',
    data: { ...ids, scopes, reason: command.reason ?? null },
    ...subjectOf(state, command),
  };
  const approved: NewEvent<ApplicationEvent> = {
    type: 'application.access-approved.v1',
    data: { ...ids, from: 'pending', reason: null },
    by: 'policy',
  };
  const auto =
    (portalOf(facts)!.state.auto_approve_applications || publication.auto_approve_registration) &&
    !state.denied_version_ids.includes(versionId);
  const events = auto ? [requested, approved] : [requested];
  const registration = registrationOf(after(application, state, events, env.now), versionId)!;
  const names = { product: product.state.name, version: version.name };
  return { events, result: registrationResource(command.application_id, registration, names) };
};

/** From any status; the version may then be asked for again. What was denied before stays remembered. */
export const withdrawAccess: Decide<WithdrawAccess, ApplicationState> = (state, command, facts, env) => {
  const refused = admitted(state, command, facts, env, { grants: false });
  if (refused) return refused;
  const { registration_id } = command;
  const registration = state.registrations.find(({ id }) => id === registration_id);
  if (!registration) return refuse('registration_not_found', { registration_id });
  const { product_id, product_version_id, status } = registration;
  const withdrawn: NewEvent<ApplicationEvent> = {
    type: 'application.access-withdrawn.v1',
    data: { registration_id, product_id, product_version_id, from: status, reason: command.reason ?? null },
    ...subjectOf(state, command),
  };
  return { events: [withdrawn], result: { id: registration_id, application_id: command.application_id } };
};
