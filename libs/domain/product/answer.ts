import type { Decision, Env, NewEvent, Reference } from '../core/decider.js';
import { after } from '../core/fold.js';
import { refuse } from '../core/refusal.js';
import type { ProductEvent } from './events.js';
import { product } from './state.js';
import type { ProductState } from './state.js';

/** What the decisions on a product share. */

export type Event = NewEvent<ProductEvent>;
export type References = Record<string, Reference | undefined>;

/** The decision, with the changed thing as it is afterwards. */
export const answer = (
  state: ProductState,
  events: readonly Event[],
  env: Env,
  show: (state: ProductState) => object,
): Decision<ProductEvent> => ({ events, result: show(after(product, state, events, env.now)) });

export const noProduct = (id: string) => refuse('product_not_found', { id });
export const noVersion = (id: string) => refuse('product_version_not_found', { id });

export const portalFact = (id: string): string => `portal:${id}`;
export const strategyFact = (id: string): string => `strategy:${id}`;

export const readsPortals = (ids: readonly string[]): References =>
  Object.fromEntries(ids.map((id) => [portalFact(id), { stream: 'portal', id }]));
