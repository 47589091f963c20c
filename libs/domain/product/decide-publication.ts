import type { AuthStrategyState } from '../auth-strategy/state.js';
import { sameJson } from '../core/changes.js';
import type { Decide, Env, Facts } from '../core/decider.js';
import { streamFact } from '../core/facts.js';
import { refuse } from '../core/refusal.js';
import type { Refusal } from '../core/refusal.js';
import type { PortalState } from '../portal/state.js';
import { answer, noProduct, noVersion, portalFact, readsPortals, strategyFact } from './answer.js';
import type { Event, References } from './answer.js';
import type {
  ChangePublication,
  PreparePublication,
  PublishProductVersion,
  RemovePublication,
  UnpublishProductVersion,
} from './commands.js';
import { portalsChanged } from './decide-product.js';
import type { PublicationSettings } from './events.js';
import { showPublication } from './resources.js';
import { isVisibleOn, publicationOf, versionOf } from './state.js';
import type { ProductState, Publication } from './state.js';

export type Wish = Partial<PublicationSettings>;

/** What a publication is set to: the wish, else as it is now, else the portal's default strategy and everything off. */
export const settingsAfter = (
  now: Publication | undefined,
  wish: Wish,
  portal: PortalState | undefined,
): PublicationSettings => {
  const standard = portal?.default_application_auth_strategy_id;
  return {
    publish_status: wish.publish_status ?? now?.publish_status ?? 'unpublished',
    auth_strategy_ids: wish.auth_strategy_ids ?? now?.auth_strategy_ids ?? (standard == null ? [] : [standard]),
    application_registration_enabled:
      wish.application_registration_enabled ?? now?.application_registration_enabled ?? false,
    auto_approve_registration: wish.auto_approve_registration ?? now?.auto_approve_registration ?? false,
    deprecated: wish.deprecated ?? now?.deprecated ?? false,
  };
};

interface Change {
  readonly versionId: string;
  readonly portalId: string;
  readonly now: Publication | undefined;
  readonly next: PublicationSettings;
  readonly notify?: boolean;
  readonly reason?: string | null;
}

/** The one event that a change of a publication leads to; none if it changes nothing. */
export function publicationChange({ versionId, portalId, now, next, notify, reason }: Change, env: Env): Event[] {
  if (now && sameJson(next, settingsAfter(now, {}, undefined))) return [];
  const published = next.publish_status === 'published';
  const data = {
    publication_id: now?.id ?? env.id(`publication:${versionId}:${portalId}`),
    portal_id: portalId,
    product_version_id: versionId,
    ...next,
    notify: notify === true && now?.deprecated === false && next.deprecated && published,
  };
  if (published && now?.publish_status !== 'published') return [{ type: 'product.version-published.v1', data }];
  if (!published && now?.publish_status === 'published') {
    return [{ type: 'product.version-unpublished.v1', data: { ...data, reason: reason ?? null } }];
  }
  return [{ type: 'product.publication-changed.v1', data }];
}

type Command = PublishProductVersion | PreparePublication | ChangePublication;

/** `asks`: the status that the command stands for. `first`: whether it may make the publication. */
interface Kind {
  readonly asks?: PublicationSettings['publish_status'];
  readonly first: boolean;
}

export const PUBLISH: Kind = { asks: 'published', first: true };
export const PREPARE: Kind = { asks: 'unpublished', first: true };
export const CHANGE: Kind = { first: false };

const wishOf = (command: Command, kind: Kind): Wish =>
  kind.asks === undefined ? command : { ...command, publish_status: kind.asks };

const nextOf = (state: ProductState, command: Command, kind: Kind, portal: PortalState | undefined) =>
  settingsAfter(publicationOf(state, command.product_version_id, command.portal_id), wishOf(command, kind), portal);

/** The portal, and then the strategy that the version would have there. */
export const readsPublication =
  (kind: Kind) =>
  (command: Command, state: ProductState, facts: Facts): References => {
    const portal = streamFact<PortalState>(facts, portalFact(command.portal_id));
    const [id] = portal ? nextOf(state, command, kind, portal.state).auth_strategy_ids : [];
    return {
      ...readsPortals([command.portal_id]),
      ...(id !== undefined && { [strategyFact(id)]: { stream: 'authStrategy', id } }),
    };
  };

function strategyProblem(
  { auth_strategy_ids: [id], application_registration_enabled }: PublicationSettings,
  facts: Facts,
): Refusal | undefined {
  if (id === undefined) return application_registration_enabled ? refuse('registration_needs_strategy') : undefined;
  const known = streamFact<AuthStrategyState>(facts, strategyFact(id))?.state.exists;
  return known ? undefined : refuse('publication_strategy_unknown', { id });
}

/** A version that is to be published on a portal that does not list the product yet: both facts in one append. */
export const changePublication =
  (kind: Kind): Decide<Command, ProductState> =>
  (state, command, facts, env) => {
    const { product_id, product_version_id: versionId, portal_id: portalId } = command;
    if (!state.exists) return noProduct(product_id);
    if (!versionOf(state, versionId)) return noVersion(versionId);
    const portal = streamFact<PortalState>(facts, portalFact(portalId))?.state;
    if (!portal?.exists) return refuse('portal_not_found', { id: portalId });
    const now = publicationOf(state, versionId, portalId);
    if (!now && !kind.first) return noPublication(versionId, portalId);
    const next = nextOf(state, command, kind, portal);
    const problem = strategyProblem(next, facts);
    if (problem) return problem;
    const lists = wishOf(command, kind).publish_status === 'published' && !isVisibleOn(state, portalId);
    const notify = 'notify_developers' in command && command.notify_developers === true;
    const events = [
      ...(lists ? portalsChanged(state, [...state.portal_ids, portalId]) : []),
      ...publicationChange({ versionId, portalId, now, next, notify }, env),
    ];
    return answer(state, events, env, showPublication(versionId, portalId));
  };

const noPublication = (version: string, portal: string): Refusal =>
  refuse('publication_not_found', { version, portal });

/** Registrations that exist stay as they are; new ones are refused. */
export const unpublishProductVersion: Decide<UnpublishProductVersion, ProductState> = (state, command, _, env) => {
  const { product_id, product_version_id: versionId, portal_id: portalId, reason } = command;
  if (!state.exists) return noProduct(product_id);
  if (!versionOf(state, versionId)) return noVersion(versionId);
  const now = publicationOf(state, versionId, portalId);
  if (!now) return noPublication(versionId, portalId);
  const next = settingsAfter(now, { publish_status: 'unpublished' }, undefined);
  const events = publicationChange({ versionId, portalId, now, next, reason }, env);
  return answer(state, events, env, showPublication(versionId, portalId));
};

export const removePublication: Decide<RemovePublication, ProductState> = (state, command) => {
  const { product_id, product_version_id, portal_id, reason } = command;
  if (!state.exists) return noProduct(product_id);
  if (!versionOf(state, product_version_id)) return noVersion(product_version_id);
  const now = publicationOf(state, product_version_id, portal_id);
  if (!now) return noPublication(product_version_id, portal_id);
  const data = { publication_id: now.id, portal_id, product_version_id, reason: reason ?? null };
  const removed: Event = { type: 'product.publication-removed.v1', data };
  return { events: [removed], result: { id: now.id } };
};
