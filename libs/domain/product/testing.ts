import { authStrategy } from '../auth-strategy/state.js';
import type { Facts } from '../core/decider.js';
import type { Past } from '../core/fold.js';
import { portal } from '../portal/state.js';
import { keyAuthCreated, portalCreated } from '../testing/events.js';
import { later, read, testId, when } from '../testing/given.js';
import type { Then } from '../testing/given.js';
import { portalFact, strategyFact } from './answer.js';
import { productEntries } from './entries.js';
import { product } from './state.js';
import type { ProductState } from './state.js';

/** A small world for stories about a product: two portals, of which the second has a default strategy. */
export const PRODUCT = testId('product');
export const PLAIN = testId('plain portal');
export const KEYED = testId('portal with default strategy');
export const STRATEGY = testId('strategy');
export const OTHER_STRATEGY = testId('other strategy');
/** An id that nothing has. */
export const NOWHERE = testId('nowhere');

export const WORLD: Facts = {
  [portalFact(PLAIN)]: read(portal, PLAIN, [portalCreated()]),
  [portalFact(KEYED)]: read(portal, KEYED, [portalCreated({ default_application_auth_strategy_id: STRATEGY })]),
  [portalFact(NOWHERE)]: read(portal, NOWHERE),
  [strategyFact(STRATEGY)]: read(authStrategy, STRATEGY, [keyAuthCreated()]),
  [strategyFact(OTHER_STRATEGY)]: read(authStrategy, OTHER_STRATEGY, [keyAuthCreated()]),
  [strategyFact(NOWHERE)]: read(authStrategy, NOWHERE),
};

export interface Story {
  /** Sends a command to the product at the next second; ids are made anew for each. */
  send(command: string, fields?: object): Then<ProductState>;
  /** The same, and the id in its answer; fails the test where the command was refused. */
  made(command: string, fields?: object): string;
}

export function story(facts: Facts = WORLD): Story {
  let past: readonly Past[] = [];
  let second = 0;
  const send = (name: string, fields: object = {}): Then<ProductState> => {
    second += 1;
    const command = name === 'CreateProduct' ? fields : { product_id: PRODUCT, ...fields };
    const id = (label: string) => testId(label === 'product' ? label : `${label} of second ${second}`);
    const then = when(product, productEntries[name], command, { events: past, facts, now: later(second), env: { id } });
    past = then.past;
    return then;
  };
  const made = (name: string, fields?: object): string => {
    const { result, refusal } = send(name, fields);
    if (refusal) throw new Error(`${name} was refused: ${refusal.refusal}`);
    return (result as { id: string }).id;
  };
  return { send, made };
}

/** A story that begins with a product of one version, listed on the portals. */
export function productWithVersion(portalIds: readonly string[] = []): Story & { readonly version: string } {
  const begun = story();
  begun.send('CreateProduct', { name: 'Routing', portal_ids: portalIds });
  return { ...begun, version: begun.made('AddProductVersion', { name: 'v1' }) };
}

export const sha256 = (letter: string): string => letter.repeat(64);
