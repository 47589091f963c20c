/** Creating, editing and deleting an application. */
import { availableScopes } from '../auth-strategy/state.js';
import { changedFields } from '../core/changes.js';
import type { Claim } from '../core/claims.js';
import type { Decide, Facts, NewEvent } from '../core/decider.js';
import { after } from '../core/fold.js';
import { refuse } from '../core/refusal.js';
import { nameClaim, referenceClaim } from './claims.js';
import type { CreateApplication, DeleteApplication, EditApplication } from './commands.js';
import type { ApplicationEdited, ApplicationEvent } from './events.js';
import {
  admitted,
  developerOf,
  portalOf,
  providerOf,
  scopesRefused,
  standing,
  strategyOf,
  subjectOf,
  type References,
} from './facts.js';
import { applicationResource } from './resources.js';
import { application, type ApplicationState } from './state.js';

/** Applications that one developer may have. */
export const MAX_APPLICATIONS = 500;

/** The strategy asked for, or the default of the developer's portal. */
const strategyIdFor = (command: CreateApplication, facts: Facts): string | null =>
  command.auth_strategy_id ?? portalOf(facts)?.state.default_application_auth_strategy_id ?? null;

/** The developer leads to the portal, and the portal to its default strategy. */
export function readsForCreation(command: CreateApplication, _state: ApplicationState, facts: Facts): References {
  const developer = developerOf(facts)?.state;
  const strategyId = strategyIdFor(command, facts);
  const providerId = strategyOf(facts)?.state.dcr_provider_id ?? null;
  return {
    developer: { stream: 'developer', id: command.developer_id },
    applications: { question: 'applications-of-developer', id: command.developer_id },
    portal: developer?.exists ? { stream: 'portal', id: developer.portal_id } : undefined,
    strategy: strategyId === null ? undefined : { stream: 'authStrategy', id: strategyId },
    provider: providerId === null ? undefined : { stream: 'dcrProvider', id: providerId },
  };
}

export const createApplication: Decide<CreateApplication, ApplicationState> = (state, command, facts, env) => {
  if (state.created_at !== '') return refuse('application_exists');
  const refused = standing(facts);
  if (refused) return refused;
  if ((facts['applications'] as number) >= MAX_APPLICATIONS) {
    return refuse('application_limit', { limit: MAX_APPLICATIONS });
  }
  const strategyId = strategyIdFor(command, facts);
  if (strategyId === null) return refuse('auth_strategy_required');
  const strategy = strategyOf(facts)?.state;
  if (!strategy?.exists) return refuse('auth_strategy_not_found', { id: strategyId });
  const scopes = command.scopes ?? [];
  const foreign = scopesRefused(scopes, availableScopes(strategy));
  if (foreign) return foreign;
  const portalId = portalOf(facts)!.id;
  const name = command.name.trim();
  const { dcr_provider_id } = strategy;
  if (dcr_provider_id !== null) {
    if (command.reference_id !== undefined) return refuse('reference_id_from_provider');
    if (!providerOf(facts)?.state.exists) return refuse('dcr_provider_not_found', { id: dcr_provider_id });
  }
  // That of a client that is yet to be registered is not known.
  const referenceId = dcr_provider_id === null ? (command.reference_id ?? env.id('reference')) : '';
  const created: NewEvent<ApplicationEvent> = {
    type: 'application.created.v1',
    data: {
      portal_id: portalId,
      developer_id: command.developer_id,
      name,
      description: command.description ?? null,
      reference_id: referenceId,
      redirect_uri: command.redirect_uri ?? null,
      auth_strategy_id: strategyId,
      scopes,
    },
    take: [
      nameClaim(command.developer_id, name),
      ...(dcr_provider_id === null ? [referenceClaim(portalId, referenceId)] : []),
    ],
  };
  const requested: NewEvent<ApplicationEvent>[] =
    dcr_provider_id === null
      ? []
      : [{ type: 'application.client-registration-requested.v1', data: { dcr_provider_id } }];
  const events = [created, ...requested];
  const result = applicationResource(env.id('application'), after(application, state, events, env.now), strategy);
  return { events, result };
};

export const editApplication: Decide<EditApplication, ApplicationState> = (state, command, facts, env) => {
  const refused = admitted(state, command, facts, env, { grants: false });
  if (refused) return refused;
  const { name, description, reference_id, redirect_uri, scopes } = command;
  const next: ApplicationEdited = { name: name?.trim(), description, reference_id, redirect_uri, scopes };
  const changes = changedFields(state, next);
  const strategy = strategyOf(facts)!.state;
  if (state.client && changes.reference_id !== undefined) return refuse('reference_id_from_provider');
  const foreign = scopesRefused(changes.scopes ?? [], availableScopes(strategy));
  if (foreign) return foreign;
  const edited: NewEvent<ApplicationEvent> = {
    type: 'application.edited.v1',
    data: changes,
    ...movedClaims(state, changes),
  };
  const events = Object.keys(changes).length > 0 ? [edited] : [];
  return {
    events,
    result: applicationResource(command.application_id, after(application, state, events, env.now), strategy),
  };
};

/** Claims of the old name and reference id given back for those of the new; none where the claimed value is the same. */
function movedClaims(
  { developer_id, portal_id, ...now }: ApplicationState,
  { name, reference_id }: ApplicationEdited,
): { take: readonly Claim[]; drop: readonly Claim[] } {
  const moves = [
    name !== undefined && [nameClaim(developer_id, now.name), nameClaim(developer_id, name)],
    reference_id !== undefined && [
      referenceClaim(portal_id, now.reference_id),
      referenceClaim(portal_id, reference_id),
    ],
  ].filter((move) => move !== false && move[0]!.value !== move[1]!.value) as [Claim, Claim][];
  return { take: moves.map(([, to]) => to), drop: moves.map(([from]) => from) };
}

/** Registrations and credentials end with the application; name and reference id are free again. */
export const deleteApplication: Decide<DeleteApplication, ApplicationState> = (state, command, facts, env) => {
  const refused = admitted(state, command, facts, env, { grants: false });
  if (refused) return refused;
  const deleted: NewEvent<ApplicationEvent> = {
    type: 'application.deleted.v1',
    data: { reason: command.reason ?? null },
    drop: 'all',
    ...subjectOf(state, command),
  };
  return { events: [deleted], result: { id: command.application_id } };
};
