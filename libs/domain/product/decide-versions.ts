import { changedFields, sameJson } from '../core/changes.js';
import { productVersionClaim } from '../core/claims.js';
import type { Claim } from '../core/claims.js';
import type { Decide, Env } from '../core/decider.js';
import { toPairs } from '../core/events.js';
import { after } from '../core/fold.js';
import { updateLabels } from '../core/labels.js';
import { refuse } from '../core/refusal.js';
import type { Refusal } from '../core/refusal.js';
import { answer, noProduct, noVersion } from './answer.js';
import type { Event } from './answer.js';
import type { AddProductVersion, EditProductVersion, RemoveProductVersion } from './commands.js';
import { fanOut } from './fan-out.js';
import type { GatewayService, VersionDetails } from './events.js';
import { showVersion } from './resources.js';
import { product, versionOf } from './state.js';
import type { ProductState } from './state.js';

/** A gateway service implements one version only. */
const gatewayClaims = (service: GatewayService | null): readonly Claim[] =>
  service === null ? [] : [{ kind: 'gateway-service', scope: service.control_plane_id, value: service.id }];

/** The store refuses a service that another product holds; a version of the same product holds it by the same stream. */
function takenHere(state: ProductState, versionId: string, service: GatewayService | null): Refusal | undefined {
  const linked = ({ id, gateway_service }: { id: string; gateway_service: GatewayService | null }) =>
    id !== versionId && sameJson(gateway_service, service);
  return service && state.versions.some(linked) ? refuse('gateway_service_taken', { value: service.id }) : undefined;
}

/** Its fields in one order, so that equal links are equal. */
const linkOf = (service: GatewayService | null): GatewayService | null =>
  service && { id: service.id, control_plane_id: service.control_plane_id };

const withFanOut = (
  state: ProductState,
  versionId: string,
  events: readonly Event[],
  more: (state: ProductState) => readonly Event[],
  env: Env,
) => answer(state, [...events, ...more(after(product, state, events, env.now))], env, showVersion(versionId));

export const addProductVersion: Decide<AddProductVersion, ProductState> = (state, command, facts, env) => {
  if (!state.exists) return noProduct(command.product_id);
  const product_version_id = env.id('version');
  const details: VersionDetails = {
    name: command.name.trim(),
    labels: toPairs(command.labels),
    gateway_service: linkOf(command.gateway_service ?? null),
  };
  const taken = takenHere(state, product_version_id, details.gateway_service);
  if (taken) return taken;
  const added: Event = {
    type: 'product.version-added.v1',
    data: { product_version_id, ...details },
    take: [productVersionClaim(product_version_id), ...gatewayClaims(details.gateway_service)],
  };
  const more = (next: ProductState) => fanOut(next, product_version_id, command, facts, env);
  return withFanOut(state, product_version_id, [added], more, env);
};

export const editProductVersion: Decide<EditProductVersion, ProductState> = (state, command, facts, env) => {
  if (!state.exists) return noProduct(command.product_id);
  const { product_version_id } = command;
  const version = versionOf(state, product_version_id);
  if (!version) return noVersion(product_version_id);
  const changes = changedFields<Partial<VersionDetails>>(version, {
    name: command.name?.trim(),
    labels: updateLabels(version.labels, command.labels),
    gateway_service: command.gateway_service === undefined ? undefined : linkOf(command.gateway_service),
  });
  const { gateway_service: service } = changes;
  const taken = takenHere(state, product_version_id, service ?? null);
  if (taken) return taken;
  const edited: Event = {
    type: 'product.version-edited.v1',
    data: { product_version_id, ...changes },
    ...(service !== undefined && { take: gatewayClaims(service), drop: gatewayClaims(version.gateway_service) }),
  };
  const more = (next: ProductState) => fanOut(next, product_version_id, command, facts, env);
  return withFanOut(state, product_version_id, Object.keys(changes).length > 0 ? [edited] : [], more, env);
};

export const removeProductVersion: Decide<RemoveProductVersion, ProductState> = (state, command) => {
  if (!state.exists) return noProduct(command.product_id);
  const { product_version_id, reason } = command;
  const version = versionOf(state, product_version_id);
  if (!version) return noVersion(product_version_id);
  const removed: Event = {
    type: 'product.version-removed.v1',
    data: { product_version_id, reason: reason ?? null },
    drop: [productVersionClaim(product_version_id), ...gatewayClaims(version.gateway_service)],
  };
  return { events: [removed], result: { id: product_version_id } };
};
