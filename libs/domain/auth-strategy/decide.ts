import { changedFields } from '../core/changes.js';
import type { Decide, Decision, Env, Facts, NewEvent } from '../core/decider.js';
import { toPairs } from '../core/events.js';
import { streamFact } from '../core/facts.js';
import { after } from '../core/fold.js';
import { updateLabels } from '../core/labels.js';
import { isRefusal, refuse, type Refusal } from '../core/refusal.js';
import type { DcrProviderState } from '../dcr-provider/state.js';
import type { CreateAuthStrategy, DeleteAuthStrategy, EditAuthStrategy } from './commands.js';
import { NO_CONFIGS, configsAfter } from './configs.js';
import type { AuthStrategyEvent, StrategySettings, StrategyType } from './events.js';
import { authStrategy, authStrategyResource } from './state.js';
import type { AuthStrategyState } from './state.js';

type Event = NewEvent<AuthStrategyEvent>;

const decided = (id: string, state: AuthStrategyState, events: readonly Event[], env: Env): Decision => ({
  events,
  result: authStrategyResource(id, after(authStrategy, state, events, env.now)),
});

/** Whether clients may be registered for a strategy of this type at the provider that it names. */
function providerRefused(type: StrategyType, id: string | null, facts: Facts): Refusal | undefined {
  if (id === null) return undefined;
  if (type !== 'openid_connect') return refuse('dcr_needs_openid_connect');
  return streamFact<DcrProviderState>(facts, 'provider')?.state.exists
    ? undefined
    : refuse('dcr_provider_unknown', { id });
}

export const createAuthStrategy: Decide<CreateAuthStrategy, AuthStrategyState> = (state, command, facts, env) => {
  const { dcr_provider_id = null } = command;
  const refused = providerRefused(command.strategy_type, dcr_provider_id, facts);
  if (refused) return refused;
  const configs = configsAfter(NO_CONFIGS, command.strategy_type, command.configs);
  if (isRefusal(configs)) return configs;
  const created: Event = {
    type: 'auth-strategy.created.v1',
    data: {
      name: command.name.trim(),
      display_name: command.display_name.trim(),
      strategy_type: command.strategy_type,
      ...configs,
      labels: toPairs(command.labels),
      ...(dcr_provider_id !== null && { dcr_provider_id }),
    },
  };
  return decided(env.id('authStrategy'), state, [created], env);
};

/** Keys that exist keep the expiry they were made with; a changed lifetime is for new ones. */
export const editAuthStrategy: Decide<EditAuthStrategy, AuthStrategyState> = (state, command, facts, env) => {
  if (!state.exists) return refuse('auth_strategy_not_found', { id: command.auth_strategy_id });
  const { strategy_type: from } = state;
  const { strategy_type: to = from } = command;
  if (to !== from) return refuse('auth_strategy_type_fixed', { from, to });
  const dcr_provider_id = providerAfter(state, command);
  const refused = providerRefused(from, dcr_provider_id, facts);
  if (refused) return refused;
  const applications = Number(facts['applications'] ?? 0);
  if (dcr_provider_id !== state.dcr_provider_id && applications > 0) {
    return refuse('auth_strategy_dcr_fixed', { applications });
  }
  const { key_auth, openid_connect } = state;
  const now = command.replace ? NO_CONFIGS : { key_auth, openid_connect };
  const configs = command.configs ? configsAfter(now, from, command.configs) : { key_auth, openid_connect };
  if (isRefusal(configs)) return configs;
  const next: StrategySettings = {
    name: command.name?.trim() ?? state.name,
    display_name: command.display_name?.trim() ?? state.display_name,
    ...configs,
    labels: command.replace ? updateLabels([], command.labels) : updateLabels(state.labels, command.labels),
    dcr_provider_id,
  };
  const data = changedFields(state, next);
  const edited: Event[] = Object.keys(data).length > 0 ? [{ type: 'auth-strategy.edited.v1', data }] : [];
  return decided(command.auth_strategy_id, state, edited, env);
};

/** The provider that the strategy is to have. */
export const providerAfter = (state: AuthStrategyState, command: EditAuthStrategy): string | null =>
  command.dcr_provider_id === undefined && !command.replace ? state.dcr_provider_id : (command.dcr_provider_id ?? null);

export const deleteAuthStrategy: Decide<DeleteAuthStrategy, AuthStrategyState> = (state, command, facts) => {
  if (!state.exists) return refuse('auth_strategy_not_found', { id: command.auth_strategy_id });
  const applications = Number(facts['applications'] ?? 0);
  const publications = Number(facts['publications'] ?? 0);
  const portals = Number(facts['portals'] ?? 0);
  if (applications + publications + portals > 0)
    return refuse('auth_strategy_in_use', { applications, publications, portals });
  const deleted: Event = { type: 'auth-strategy.deleted.v1', data: { reason: command.reason ?? null } };
  return { events: [deleted], result: { id: command.auth_strategy_id } };
};
