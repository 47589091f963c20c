import type { AuthStrategyState } from '../auth-strategy/state.js';
import { changedFields } from '../core/changes.js';
import type { Decide, Facts, NewEvent } from '../core/decider.js';
import { toPairs } from '../core/events.js';
import { streamFact } from '../core/facts.js';
import { after } from '../core/fold.js';
import { updateLabels } from '../core/labels.js';
import type { Refusal } from '../core/refusal.js';
import { refuse } from '../core/refusal.js';
import type { ChangePortalSettings, CreatePortal, DeletePortal } from './commands.js';
import { claimChanges, distinctDomain, portalClaims, preferredDomain } from './domains.js';
import { portalEvents } from './events.js';
import type { PortalEvent, PortalSettings } from './events.js';
import { DEFAULT_SETTINGS, portal, portalResource } from './state.js';
import type { PortalState } from './state.js';

type Event = NewEvent<PortalEvent>;

const SETTINGS = Object.keys(portalEvents['portal.settings-changed.v1'].fields) as (keyof PortalSettings)[];

/** All settings: those that the command gives (names trimmed, domains in lower case), else those of `base`. Labels are the caller's business. */
function settingsFrom(base: PortalSettings, command: Partial<Omit<PortalSettings, 'labels'>>): PortalSettings {
  const given: Partial<PortalSettings> = { ...command, labels: base.labels };
  const settings = Object.fromEntries(
    SETTINGS.map((name) => [name, given[name] === undefined ? base[name] : given[name]]),
  ) as unknown as PortalSettings;
  return {
    ...settings,
    name: settings.name.trim(),
    display_name: settings.display_name.trim(),
    // Host names are compared without case (RFC 9110 section 4.2.3).
    custom_domain: settings.custom_domain?.toLowerCase() ?? null,
    custom_client_domain: settings.custom_client_domain?.toLowerCase() ?? null,
  };
}

/** Rules about settings that hold at creation as at any change. */
function settingsProblem(next: PortalSettings, facts: Facts): Refusal | undefined {
  if (next.custom_client_domain !== null && next.custom_domain === null) return refuse('custom_domain_required');
  const strategy = streamFact<AuthStrategyState>(facts, 'default_strategy');
  if (strategy && !strategy.state.exists) return refuse('default_auth_strategy_not_found', { id: strategy.id });
  return undefined;
}

export const createPortal: Decide<CreatePortal, PortalState> = (state, command, facts, env) => {
  const id = env.id('portal');
  const { labels, ...given } = command;
  const base = { ...DEFAULT_SETTINGS, name: command.name, display_name: command.name, labels: toPairs(labels) };
  const settings = settingsFrom(base, given);
  const problem = settingsProblem(settings, facts);
  if (problem) return problem;
  const domainHeld = facts['preferred_domain'] !== undefined;
  const default_domain = domainHeld ? distinctDomain(settings.name, id) : preferredDomain(settings.name);
  const data = { ...settings, default_domain };
  const created: Event = { type: 'portal.created.v1', data, take: portalClaims(data) };
  return { events: [created], result: portalResource(id, after(portal, state, [created], env.now)) };
};

/** Records only what changes. A setting changed never reaches back: what is pending stays pending. */
export const changePortalSettings: Decide<ChangePortalSettings, PortalState> = (state, command, facts, env) => {
  if (!state.exists) return refuse('portal_not_found', { id: command.portal_id });
  const { labels, ...settings } = command;
  const next = { ...settingsFrom(state, settings), labels: updateLabels(state.labels, labels) };
  const problem = settingsProblem(next, facts);
  if (problem) return problem;
  const data = changedFields(state, next);
  const claims = claimChanges(portalClaims(state), portalClaims({ ...next, default_domain: state.default_domain }));
  const events: Event[] = Object.keys(data).length > 0 ? [{ type: 'portal.settings-changed.v1', data, ...claims }] : [];
  return { events, result: portalResource(command.portal_id, after(portal, state, events, env.now)) };
};

export const deletePortal: Decide<DeletePortal, PortalState> = (state, command, facts) => {
  if (!state.exists) return refuse('portal_not_found', { id: command.portal_id });
  const developers = Number(facts['developers'] ?? 0);
  const versions = Number(facts['versions'] ?? 0);
  if (developers + versions > 0) return refuse('portal_not_empty', { developers, versions });
  const deleted: Event = {
    type: 'portal.deleted.v1',
    data: { forced: command.force ?? false, reason: command.reason ?? null },
    drop: 'all',
  };
  return { events: [deleted], result: { id: command.portal_id } };
};
