import { changedFields } from '../core/changes.js';
import type { Decide, Decision, Env, NewEvent } from '../core/decider.js';
import { toPairs } from '../core/events.js';
import { after } from '../core/fold.js';
import { updateLabels } from '../core/labels.js';
import { refuse } from '../core/refusal.js';
import type { CreateDcrProvider, DeleteDcrProvider, EditDcrProvider, RecordDcrVerification } from './commands.js';
import { addressRefused, configRefused, settingsIn } from './config.js';
import { SPOKEN_TYPES, type DcrProviderEvent, type ProviderType, type SpokenType } from './events.js';
import { dcrProvider, dcrProviderResource, type DcrProviderState } from './state.js';

type Event = NewEvent<DcrProviderEvent>;

const isSpoken = (type: ProviderType): type is SpokenType => (SPOKEN_TYPES as readonly string[]).includes(type);

const decided = (id: string, state: DcrProviderState, events: readonly Event[], env: Env): Decision => ({
  events,
  result: dcrProviderResource(id, after(dcrProvider, state, events, env.now)),
});

export const createDcrProvider: Decide<CreateDcrProvider, DcrProviderState> = (state, command, _facts, env) => {
  const { provider_type, dcr_config = {} } = command;
  if (!isSpoken(provider_type)) return refuse('dcr_provider_type_not_spoken', { type: provider_type });
  const refused = configRefused(provider_type, dcr_config, true);
  if (refused) return refused;
  const settings = settingsIn(provider_type, dcr_config);
  const insecure = addressRefused({ ...settings, issuer: command.issuer });
  if (insecure) return insecure;
  const created: Event = {
    type: 'dcr-provider.created.v1',
    data: {
      provider_type,
      name: command.name.trim(),
      display_name: command.display_name?.trim() ?? null,
      issuer: command.issuer,
      labels: toPairs(command.labels),
      dcr_base_url: settings.dcr_base_url ?? null,
      disable_event_hooks: settings.disable_event_hooks ?? false,
      disable_refresh_secret: settings.disable_refresh_secret ?? false,
      initial_client_id: settings.initial_client_id ?? null,
      registration_endpoint: settings.registration_endpoint ?? null,
      secret_ref: settings.secret_ref ?? null,
    },
  };
  return decided(env.id('dcrProvider'), state, [created], env);
};

/** Where the provider is may change; clients are then looked for in the new place. */
export const editDcrProvider: Decide<EditDcrProvider, DcrProviderState> = (state, command, _facts, env) => {
  if (!state.exists) return refuse('dcr_provider_not_found', { id: command.dcr_provider_id });
  const { dcr_config = {} } = command;
  const refused = configRefused(state.provider_type, dcr_config, false);
  if (refused) return refused;
  const insecure = addressRefused({ ...settingsIn(state.provider_type, dcr_config), issuer: command.issuer });
  if (insecure) return insecure;
  const data = changedFields(state, {
    name: command.name?.trim(),
    display_name: command.display_name?.trim() ?? command.display_name,
    issuer: command.issuer,
    labels: updateLabels(state.labels, command.labels),
    ...settingsIn(state.provider_type, dcr_config),
  }) as Extract<DcrProviderEvent, { type: 'dcr-provider.edited.v1' }>['data'];
  const edited: Event[] = Object.keys(data).length > 0 ? [{ type: 'dcr-provider.edited.v1', data }] : [];
  return decided(command.dcr_provider_id, state, edited, env);
};

export const deleteDcrProvider: Decide<DeleteDcrProvider, DcrProviderState> = (state, command, facts) => {
  if (!state.exists) return refuse('dcr_provider_not_found', { id: command.dcr_provider_id });
  const strategies = Number(facts['strategies'] ?? 0);
  const clients = Number(facts['clients'] ?? 0);
  if (strategies + clients > 0) return refuse('dcr_provider_in_use', { strategies, clients });
  const deleted: Event = { type: 'dcr-provider.deleted.v1', data: { reason: command.reason ?? null } };
  return { events: [deleted], result: { id: command.dcr_provider_id } };
};

export const recordVerification: Decide<RecordDcrVerification, DcrProviderState> = (state, command) => {
  if (!state.exists) return refuse('dcr_provider_not_found', { id: command.dcr_provider_id });
  const { status, errors, idempotent } = command;
  const verified: Event = { type: 'dcr-provider.verified.v1', data: { status, errors, idempotent } };
  return { events: [verified], result: { status, errors } };
};
