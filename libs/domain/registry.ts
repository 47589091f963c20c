import { application } from './application/state.js';
import { applicationEvents } from './application/events.js';
import { applicationRefusals } from './application/refusals.js';
import { authStrategy } from './auth-strategy/state.js';
import { authStrategyEvents } from './auth-strategy/events.js';
import { authStrategyRefusals } from './auth-strategy/refusals.js';
import type { AggregateName, Decider } from './core/decider.js';
import type { EventDefinition } from './core/events.js';
import { commonRefusals } from './core/common-refusals.js';
import type { RefusalDefinition } from './core/refusal.js';
import { dcrProvider } from './dcr-provider/state.js';
import { dcrProviderEvents } from './dcr-provider/events.js';
import { dcrProviderRefusals } from './dcr-provider/refusals.js';
import { developer } from './developer/state.js';
import { developerEvents } from './developer/events.js';
import { developerRefusals } from './developer/refusals.js';
import { portal } from './portal/state.js';
import { portalEvents } from './portal/events.js';
import { portalRefusals } from './portal/refusals.js';
import { product } from './product/state.js';
import { productEvents } from './product/events.js';
import { productRefusals } from './product/refusals.js';
import { serviceToken } from './service-token/state.js';
import { serviceTokenEvents } from './service-token/events.js';
import { serviceTokenRefusals } from './service-token/refusals.js';
import { team } from './team/state.js';
import { teamEvents } from './team/events.js';
import { teamRefusals } from './team/refusals.js';

/** Every aggregate with how its events fold. */
export const AGGREGATES: Readonly<Record<AggregateName, Decider<unknown>>> = {
  developer,
  application,
  product,
  portal,
  authStrategy,
  team,
  serviceToken,
  dcrProvider,
} as Record<AggregateName, Decider<unknown>>;

/** Every event type that may be in the log, with its words and its fields' classes. */
export const EVENTS: ReadonlyMap<string, EventDefinition<object>> = merge<EventDefinition<object>>('event type', [
  developerEvents,
  applicationEvents,
  productEvents,
  portalEvents,
  authStrategyEvents,
  teamEvents,
  serviceTokenEvents,
  dcrProviderEvents,
]);

/** Every refusal by its code. */
export const REFUSALS: ReadonlyMap<string, RefusalDefinition> = merge<RefusalDefinition>('refusal code', [
  commonRefusals,
  developerRefusals,
  applicationRefusals,
  productRefusals,
  portalRefusals,
  authStrategyRefusals,
  teamRefusals,
  serviceTokenRefusals,
  dcrProviderRefusals,
]);

/** The one definition of a refusal's code; an unknown code is a mistake in the domain, found by the first test that meets it. */
export function refusalDefinition(code: string): RefusalDefinition {
  const definition = REFUSALS.get(code);
  if (!definition) throw new Error(`Refusal code ${code} is not declared in any refusals.ts`);
  return definition;
}

/** Merges tables; the same name twice stops the process at boot (pitfall: the last one silently wins). */
export function merge<T>(what: string, tables: readonly object[]): ReadonlyMap<string, T> {
  const all = new Map<string, T>();
  for (const table of tables) {
    for (const [name, definition] of Object.entries(table)) {
      if (all.has(name)) throw new Error(`Duplicate ${what}: ${name}`);
      all.set(name, definition as T);
    }
  }
  return all;
}
