import { LRUCache } from 'lru-cache';
import type { CurrentStates } from '#command-handling/current-states.js';
import { referenceClaim } from '#domain/application/claims.js';
import type { ApplicationState } from '#domain/application/state.js';
import type { AuthStrategyState } from '#domain/auth-strategy/state.js';
import { isInsecureIssuer } from '#domain/portal/identity-provider.js';
import type { EventStore, StoredEvent } from '#event-store/port.js';
import { atMost } from '#lru/at-most.js';
import type { Reads } from '#read-models/reads.js';
import type { Keyring } from '#vault/keyring.js';

export interface Strategy {
  readonly id: string;
  readonly state: AuthStrategyState;
}

/** Which strategies trust an issuer, and which applications a reference id means. Follows the log; nothing in it is ever late. */
export interface ClientsIndex {
  /** Those that are there and name the issuer. */
  strategiesOf(issuer: string): Promise<readonly Strategy[]>;
  /** The applications that hold the reference id, on whichever portals, by id. */
  applicationsOf(referenceId: string): Promise<ReadonlyMap<string, ApplicationState>>;
  close(): void;
}

export interface ClientsIndexOptions {
  readonly store: EventStore;
  readonly states: CurrentStates;
  readonly reads: Pick<Reads, 'find' | 'waitFor'>;
  readonly keyring: Pick<Keyring, 'claimHash'>;
}

const MOST = 100_000;
const LOAD_MS = 2_000;
const DISCOVERY = /\/\.well-known\/openid-configuration$/;

/** With or without the slash at its end, and as the address of its metadata, an issuer is the same. */
export const issuerKey = (issuer: string): string => issuer.replace(DISCOVERY, '').replace(/\/$/, '');

/** Reads the ids of strategies and portals once, when the first token comes; from then on it hears of new ones. */
export function createClientsIndex({ store, states, reads, keyring }: ClientsIndexOptions): ClientsIndex {
  const strategyIds = new Set<string>();
  const portalIds = new Set<string>();
  /** Claim hash to owner; null: nobody held it. Who held it may have given it up; who takes it is told of. */
  const owners = new LRUCache<string, { readonly application: string | null }>(atMost(MOST));
  const hashes = new LRUCache<string, readonly string[]>(atMost(MOST / 10));
  let byIssuer: ReadonlyMap<string, readonly string[]> | undefined;
  let taken = 0;
  let strategyChanges = 0;
  let loading: Promise<void> | undefined;

  const unsubscribe = store.onAppended((events) => events.forEach(follow));

  function follow({ stream, type, metadata }: StoredEvent): void {
    if (stream.startsWith('authStrategy-')) {
      strategyIds.add(stream.slice('authStrategy-'.length));
      strategyChanges += 1;
      byIssuer = undefined;
    } else if (type === 'portal.created.v1') {
      portalIds.add(stream.slice('portal-'.length));
      hashes.clear();
    } else if (stream.startsWith('application-') && metadata['claims']) {
      taken += 1;
      for (const hash of (JSON.parse(metadata['claims']) as { take: string[] }).take) owners.delete(hash);
    }
  }

  async function load(): Promise<void> {
    const caughtUp = await reads.waitFor(await store.head(), LOAD_MS, ['strategies', 'portals']);
    const openId = { field: 'strategy_type', op: 'eq', value: 'openid_connect' } as const;
    for (const { id } of await reads.find('strategies', { where: [openId], limit: MOST })) strategyIds.add(id);
    for (const { id } of await reads.find('portals', { where: [], limit: MOST })) portalIds.add(id);
    strategyChanges += 1;
    byIssuer = undefined;
    hashes.clear();
    if (!caughtUp) loading = undefined;
  }

  const ready = (): Promise<void> =>
    (loading ??= load().catch((error: unknown) => {
      loading = undefined;
      throw error;
    }));

  async function strategyState(id: string): Promise<AuthStrategyState> {
    const atHand = states.fresh() ? states.peek<AuthStrategyState>('authStrategy', id) : undefined;
    return (atHand ?? (await states.load<AuthStrategyState>('authStrategy', id))).state;
  }

  async function issuers(): Promise<ReadonlyMap<string, readonly string[]>> {
    if (byIssuer) return byIssuer;
    const found = new Map<string, string[]>();
    const before = strategyChanges;
    for (const id of strategyIds) {
      const { exists, openid_connect } = await strategyState(id);
      // Whoever is on the way could put their own keys in the place of the issuer's.
      if (!exists || !openid_connect || isInsecureIssuer(openid_connect.issuer)) continue;
      const key = issuerKey(openid_connect.issuer);
      found.set(key, [...(found.get(key) ?? []), id]);
    }
    if (before === strategyChanges) byIssuer = found;
    return found;
  }

  async function owner(hash: string): Promise<{ id: string; state: ApplicationState } | undefined> {
    for (let known = owners.get(hash); ; known = undefined) {
      const before = taken;
      const application = known ? known.application : idOf(await store.ownerOf(hash));
      if (!known && before === taken) owners.set(hash, { application });
      if (application === null) return undefined;
      const atHand = states.fresh() ? states.peek<ApplicationState>('application', application) : undefined;
      const folded = atHand ?? (await states.load<ApplicationState>('application', application));
      if (folded.claims.has(hash)) return { id: application, state: folded.state };
      if (!known) return undefined;
      owners.delete(hash);
    }
  }

  return {
    async strategiesOf(issuer) {
      await ready();
      const key = issuerKey(issuer);
      const found: Strategy[] = [];
      for (const id of (await issuers()).get(key) ?? []) {
        const state = await strategyState(id);
        const config = state.exists ? state.openid_connect : null;
        if (config && issuerKey(config.issuer) === key) found.push({ id, state });
      }
      return found;
    },
    async applicationsOf(referenceId) {
      await ready();
      let mine = hashes.get(referenceId);
      if (!mine) {
        mine = [...portalIds].map((portal) => keyring.claimHash(referenceClaim(portal, referenceId)));
        hashes.set(referenceId, mine);
      }
      const found = new Map<string, ApplicationState>();
      for (const hash of mine) {
        const one = await owner(hash);
        if (one) found.set(one.id, one.state);
      }
      return found;
    },
    close: unsubscribe,
  };
}

const PREFIX = 'application-';
const idOf = (stream: string | undefined): string | null =>
  stream?.startsWith(PREFIX) ? stream.slice(PREFIX.length) : null;
