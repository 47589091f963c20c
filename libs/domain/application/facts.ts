/** What the decisions on an application read besides its own stream, and the conditions that all of them share. */
import type { AuthStrategyState } from '../auth-strategy/state.js';
import type { Env, Facts, Reference } from '../core/decider.js';
import { streamFact } from '../core/facts.js';
import type { DcrProviderState } from '../dcr-provider/state.js';
import { refuse, type Refusal } from '../core/refusal.js';
import type { DeveloperState } from '../developer/state.js';
import type { PortalState } from '../portal/state.js';
import type { ProductState } from '../product/state.js';
import type { ApplicationState } from './state.js';

export type References = Record<string, Reference | undefined>;

export const developerOf = (facts: Facts) => streamFact<DeveloperState>(facts, 'developer');
export const portalOf = (facts: Facts) => streamFact<PortalState>(facts, 'portal');
export const strategyOf = (facts: Facts) => streamFact<AuthStrategyState>(facts, 'strategy');
export const providerOf = (facts: Facts) => streamFact<DcrProviderState>(facts, 'provider');
/** Undefined if no product has the version. */
export const productOf = (facts: Facts) => streamFact<ProductState>(facts, 'product');

/** The developer and the portal of an application. */
export const readsOwner = (state: ApplicationState): References =>
  state.exists
    ? {
        developer: { stream: 'developer', id: state.developer_id },
        portal: { stream: 'portal', id: state.portal_id },
      }
    : {};

/** The owner, and the strategy that the application was created with. */
export const readsStrategy = (state: ApplicationState): References =>
  state.exists ? { ...readsOwner(state), strategy: { stream: 'authStrategy', id: state.auth_strategy_id } } : {};

/** The owner, and the provider that has registered the application's client. */
export const readsProvider = (state: ApplicationState): References => ({
  ...readsOwner(state),
  provider: state.client ? { stream: 'dcrProvider', id: state.client.dcr_provider_id } : undefined,
});

/** Applications are for approved developers of a private portal; elsewhere they do not exist. */
export function standing(facts: Facts): Refusal | undefined {
  const developer = developerOf(facts);
  if (!developer?.state.exists) return refuse('developer_not_found', { id: developer?.id ?? '' });
  const portal = portalOf(facts);
  if (!portal?.state.exists) return refuse('portal_not_found', { id: portal?.id ?? '' });
  if (portal.state.is_public) return refuse('portal_is_public');
  if (developer.state.status === 'approved') return undefined;
  return refuse('developer_not_approved', { status: developer.state.status });
}

/**
 * Whether a command on an existing application may go on. The developer's standing matters for whatever the developer
 * sends and, whoever sends it, for what grants something new (`grants`); an administrator may always take away. While a
 * client is being registered, which is over in seconds, nothing else happens.
 */
export function admitted(
  state: ApplicationState,
  command: { readonly application_id: string },
  facts: Facts,
  env: Env,
  what: { readonly grants: boolean },
): Refusal | undefined {
  if (!state.exists) return refuse('application_not_found', { id: command.application_id });
  if (state.client?.status === 'requested') return refuse('client_registration_under_way');
  return what.grants || env.actor.kind === 'developer' ? standing(facts) : undefined;
}

/** A reason is personal: it is sealed for the application's developer. Without one, there is nothing to seal. */
export const subjectOf = (
  state: ApplicationState,
  { reason }: { readonly reason?: string | null },
): { readonly subject?: string } => (reason == null ? {} : { subject: state.developer_id });

/** Refuses scopes that the strategy does not offer; with API keys there are none. */
export function scopesRefused(asked: readonly string[], offered: readonly string[]): Refusal | undefined {
  const foreign = asked.filter((scope) => !offered.includes(scope));
  return foreign.length > 0 ? refuse('scopes_not_available', { scopes: foreign.join(', ') }) : undefined;
}
