import type { Claim } from './claims.js';
import type { Refusal } from './refusal.js';

export type AggregateName =
  'developer' | 'application' | 'product' | 'portal' | 'authStrategy' | 'team' | 'dcrProvider' | 'serviceToken';

/** Who sends a command. `policy` and `system` act on behalf of settings and reactors. */
export interface Actor {
  readonly kind: 'developer' | 'admin' | 'approver' | 'integration' | 'system' | 'anonymous';
  /** A developer's id, a token's name, a reactor's name; empty for anonymous. */
  readonly id: string;
  /** The only portal whose streams this sender may change; every stream when absent. */
  readonly portal?: string;
}

export interface NewEvent<E extends { type: string; data: object } = { type: string; data: object }> {
  readonly type: E['type'];
  readonly data: E['data'];
  /** Values this event takes; the append is refused if another stream holds one. */
  readonly take?: readonly Claim[];
  /** Values this event gives back; 'all': everything that the stream holds. */
  readonly drop?: readonly Claim[] | 'all';
  /** The developer whose key seals the personal fields. Required if the event has any that are not null. */
  readonly subject?: string;
  /** Set where a setting, not the sender, made this decision. */
  readonly by?: 'policy';
}

/** What a decision answers: the events that follow and what the caller is told. No events: nothing to do (`unchanged`). */
export interface Decision<E extends { type: string; data: object } = { type: string; data: object }> {
  readonly events: readonly NewEvent<E>[];
  /** The resource as the caller sees it afterwards, or ids and secrets made; snake_case JSON. */
  readonly result?: object;
}

/** Everything impure that a decision may use, made by the command handler from the command's seed. Same seed, same values. */
export interface Env {
  /** ISO 8601 UTC with milliseconds. */
  readonly now: string;
  readonly actor: Actor;
  /** A UUIDv7; each label gives its own, the same label the same again. */
  id(label: string): string;
  /** A new API key for a credential; only the digest may enter an event. */
  mintKey(applicationId: string, credentialId: string): MintedKey;
  /** A new bearer token; only the digest may enter an event. */
  mintToken(tokenId: string): MintedKey;
  /** The stream's revision that the decision is made at; -1 for a new stream. */
  readonly revision: number;
  /** The keyed hash of a claim, as states hold it. */
  claimHash(claim: Claim): string;
}

export interface MintedKey {
  readonly key: string;
  readonly digest: string;
  readonly algorithm: string;
}

/** A state another stream is in: revision -1 and the initial state where there is none. */
export interface ReadState<S = unknown> {
  readonly id: string;
  readonly state: S;
  readonly revision: number;
}

/** What a command reads besides its own stream. The handler resolves each, and records it in the events' basis. */
export type Reference =
  | { readonly stream: AggregateName; readonly id: string }
  | { readonly claim: Claim; readonly aggregate: AggregateName } // the stream that holds the claim, or undefined
  | { readonly question: Question; readonly id: string }; // a view caught up to the log's head

/** The few rules that no stream can answer. Each answer is a number. */
export type Question =
  | 'applications-of-developer'
  | 'applications-with-strategy'
  | 'publications-with-strategy'
  | 'portals-with-default-strategy'
  | 'strategies-with-dcr-provider'
  | 'clients-of-dcr-provider'
  | 'developers-of-portal'
  | 'registrable-versions-of-portal';

export type Facts = Readonly<Record<string, ReadState | number | undefined>>;

export interface Decider<S> {
  readonly initialState: S;
  /** Folds one event; never throws, ignores unknown types. */
  evolve(state: S, event: { readonly type: string; readonly data: object; readonly at: string }): S;
}

export type Decide<C, S> = (state: S, command: C, facts: Facts, env: Env) => Decision | Refusal;
