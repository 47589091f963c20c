/**
 * The Konnect API keeps two fields of a version, `publish_status` and `deprecated`, from the time before versions were
 * published per portal. They apply to all publications of the version; "published" also makes the missing ones, on the
 * portals that list the product.
 */
import type { AuthStrategyState } from '../auth-strategy/state.js';
import type { Env, Facts } from '../core/decider.js';
import { streamFact } from '../core/facts.js';
import type { PortalState } from '../portal/state.js';
import { portalFact, readsPortals, strategyFact } from './answer.js';
import type { Event, References } from './answer.js';
import { publicationChange, settingsAfter } from './decide-publication.js';
import type { PublishStatus } from './events.js';
import { publicationOf, versionOf } from './state.js';
import type { ProductState } from './state.js';

interface Fields {
  readonly publish_status?: PublishStatus;
  readonly deprecated?: boolean;
  readonly notify?: boolean;
}

/** Portals that list the product, and on which the version is to be published for the first time. */
const firstTimes = (state: ProductState, versionId: string | undefined, fields: Fields): readonly string[] =>
  fields.publish_status === 'published'
    ? state.portal_ids.filter((id) => versionId === undefined || !publicationOf(state, versionId, id))
    : [];

/** Those portals, and then their default strategies. */
export function readsFanOut(
  state: ProductState,
  versionId: string | undefined,
  fields: Fields,
  facts: Facts,
): References {
  const portals = firstTimes(state, versionId, fields);
  const strategies = portals.flatMap((id) => {
    const strategy = streamFact<PortalState>(facts, portalFact(id))?.state.default_application_auth_strategy_id;
    return strategy == null ? [] : [strategy];
  });
  const reads = strategies.map((id) => [strategyFact(id), { stream: 'authStrategy', id }] as const);
  return { ...readsPortals(portals), ...Object.fromEntries(reads) };
}

/** A portal deleted since is passed over, and a default strategy deleted since is left out. */
export function fanOut(
  state: ProductState,
  versionId: string,
  fields: Fields,
  facts: Facts,
  env: Env,
): readonly Event[] {
  const { publish_status, deprecated, notify } = fields;
  if (publish_status === undefined && deprecated === undefined) return [];
  const existing = versionOf(state, versionId)!.publications.map(({ portal_id }) => portal_id);
  return [...existing, ...firstTimes(state, versionId, fields)].flatMap((portalId) => {
    const now = publicationOf(state, versionId, portalId);
    const portal = streamFact<PortalState>(facts, portalFact(portalId))?.state;
    if (!now && !portal?.exists) return [];
    const next = settingsAfter(now, { publish_status, deprecated }, portal);
    const known = now ? next.auth_strategy_ids : next.auth_strategy_ids.filter((id) => exists(id, facts));
    const change = { versionId, portalId, now, next: { ...next, auth_strategy_ids: known }, notify };
    return publicationChange(change, env);
  });
}

const exists = (strategyId: string, facts: Facts): boolean =>
  streamFact<AuthStrategyState>(facts, strategyFact(strategyId))?.state.exists === true;
