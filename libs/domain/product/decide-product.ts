import { changedFields } from '../core/changes.js';
import type { Decide, Facts } from '../core/decider.js';
import { toPairs } from '../core/events.js';
import { streamFact } from '../core/facts.js';
import { updateLabels } from '../core/labels.js';
import { refuse } from '../core/refusal.js';
import type { Refusal } from '../core/refusal.js';
import type { PortalState } from '../portal/state.js';
import { answer, noProduct, portalFact, readsPortals } from './answer.js';
import type { Event, References } from './answer.js';
import type { CreateProduct, DeleteProduct, EditProduct, PublishProduct, UnpublishProduct } from './commands.js';
import type { ProductDetails } from './events.js';
import { productResource } from './resources.js';
import type { ProductState } from './state.js';

/** Portals that the command adds. One that lists the product already may have been deleted since, and may stay named. */
export const addedPortals = (state: ProductState, portalIds: readonly string[] = []): readonly string[] =>
  portalIds.filter((id) => !state.portal_ids.includes(id));

export const readsAddedPortals = (command: CreateProduct | EditProduct, state: ProductState): References =>
  readsPortals(addedPortals(state, command.portal_ids));

function unknownPortal(ids: readonly string[], facts: Facts): Refusal | undefined {
  const unknown = ids.find((id) => !streamFact<PortalState>(facts, portalFact(id))?.state.exists);
  return unknown === undefined ? undefined : refuse('product_portal_unknown', { id: unknown });
}

/** The event that lists the product on just these portals; none if it is so already, whatever the order. */
export function portalsChanged(
  state: ProductState,
  portalIds: readonly string[],
  reason: string | null = null,
): readonly Event[] {
  const same = portalIds.length === state.portal_ids.length && addedPortals(state, portalIds).length === 0;
  return same ? [] : [{ type: 'product.portals-changed.v1', data: { portal_ids: portalIds, reason } }];
}

export const createProduct: Decide<CreateProduct, ProductState> = (state, command, facts, env) => {
  const portalIds = command.portal_ids ?? [];
  const problem = unknownPortal(portalIds, facts);
  if (problem) return problem;
  const data: ProductDetails = {
    name: command.name.trim(),
    description: command.description ?? null,
    labels: toPairs(command.labels),
    public_labels: toPairs(command.public_labels),
  };
  const events: Event[] = [{ type: 'product.created.v1', data }, ...portalsChanged(state, portalIds)];
  return answer(state, events, env, (after) => productResource(env.id('product'), after));
};

/** A portal taken off the list keeps its publications: listed again, it shows what it showed before. */
export const editProduct: Decide<EditProduct, ProductState> = (state, command, facts, env) => {
  if (!state.exists) return noProduct(command.product_id);
  const problem = unknownPortal(addedPortals(state, command.portal_ids), facts);
  if (problem) return problem;
  const data = changedFields<Partial<ProductDetails>>(state, {
    name: command.name?.trim(),
    description: command.description,
    labels: updateLabels(state.labels, command.labels),
    public_labels: updateLabels(state.public_labels, command.public_labels),
  });
  const edited: Event[] = Object.keys(data).length > 0 ? [{ type: 'product.edited.v1', data }] : [];
  const events = [...edited, ...portalsChanged(state, command.portal_ids ?? state.portal_ids)];
  return answer(state, events, env, (after) => productResource(command.product_id, after));
};

export const publishProduct: Decide<PublishProduct, ProductState> = (state, command, facts, env) => {
  if (!state.exists) return noProduct(command.product_id);
  const id = command.portal_id;
  if (!streamFact<PortalState>(facts, portalFact(id))?.state.exists) return refuse('portal_not_found', { id });
  const events = portalsChanged(state, [...state.portal_ids.filter((other) => other !== id), id]);
  return answer(state, events, env, (after) => productResource(command.product_id, after));
};

export const unpublishProduct: Decide<UnpublishProduct, ProductState> = (state, command, _, env) => {
  if (!state.exists) return noProduct(command.product_id);
  const rest = state.portal_ids.filter((id) => id !== command.portal_id);
  const events = portalsChanged(state, rest, command.reason ?? null);
  return answer(state, events, env, (after) => productResource(command.product_id, after));
};

export const deleteProduct: Decide<DeleteProduct, ProductState> = (state, command) => {
  if (!state.exists) return noProduct(command.product_id);
  const deleted: Event = { type: 'product.deleted.v1', data: { reason: command.reason ?? null }, drop: 'all' };
  return { events: [deleted], result: { id: command.product_id } };
};
