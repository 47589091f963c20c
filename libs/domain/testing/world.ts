import type { Claim } from '../core/claims.js';
import { CLAIM_KINDS } from '../core/claims.js';
import type { CommandEntry } from '../core/command.js';
import type { Actor, AggregateName, Facts, NewEvent, ReadState, Reference } from '../core/decider.js';
import type { Past } from '../core/fold.js';
import type { Refusal } from '../core/refusal.js';
import { isRefusal, refuse } from '../core/refusal.js';
import { parseCommand } from '../core/violations.js';
import { COMMANDS } from '../command-table.js';
import { AGGREGATES } from '../registry.js';
import { NOW, testEnv, testId } from './given.js';

/** An event in the order in which the world saw it. */
export interface Happened extends Past {
  readonly aggregate: AggregateName;
  readonly id: string;
  readonly command: string;
  readonly actor: Actor;
  readonly subject?: string;
}

export type Outcome = { readonly id: string; readonly events: readonly NewEvent[]; readonly result: object } | Refusal;

const ADMIN: Actor = { kind: 'admin', id: 'test' };

/** Freezes all the way down, so that a decider which changes what it was given fails its test. */
function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
}

const claimKey = ({ kind, scope, value }: Claim): string => JSON.stringify([kind, scope, value]);

/**
 * All aggregates together in memory, with claims enforced as an event store does: for properties that hold over many
 * streams. Commands go through the command table, its permissions included; whose application it is is not looked at here.
 */
export class World {
  now = NOW;
  readonly log: Happened[] = [];
  /** The stream that holds each claim. */
  readonly claims = new Map<string, string>();
  private readonly states = new Map<string, ReadState>();
  private commands = 0;

  /** The state of a stream; the initial one where there is none. */
  read<S>(aggregate: AggregateName, id: string): ReadState<S> {
    const initial = { id, state: AGGREGATES[aggregate].initialState, revision: -1 };
    return (this.states.get(`${aggregate}-${id}`) ?? initial) as ReadState<S>;
  }

  all<S>(aggregate: AggregateName): readonly ReadState<S>[] {
    const streams = [...this.states].filter(([stream]) => stream.startsWith(`${aggregate}-`));
    return streams.map(([, state]) => state as ReadState<S>);
  }

  pass(seconds: number): void {
    this.now = new Date(Date.parse(this.now) + seconds * 1000).toISOString();
  }

  /** Throws where the test is wrong: an unknown or malformed command. */
  send(name: string, fields: object, actor: Actor = ADMIN): Outcome {
    const entry = COMMANDS.get(name);
    if (!entry) throw new Error(`no command ${name}`);
    const parsed = parseCommand(entry.command, fields);
    if ('violations' in parsed) throw new Error(`malformed ${name}: ${JSON.stringify(parsed.violations)}`);
    if (!entry.permission.includes(actor.kind === 'developer' ? 'owner' : actor.kind)) return refuse('not_permitted');
    const number = ++this.commands;
    const id = (label: string): string => testId(`${number} ${label}`);
    const target = entry.expects === 'new' ? id(entry.aggregate) : (fields as Record<string, string>)[entry.id!]!;
    const { state, revision } = this.read(entry.aggregate, target);
    const facts = this.facts(entry, parsed.command, state);
    const env = testEnv({ now: this.now, actor, id, revision });
    const decision = entry.decide(state as never, parsed.command as never, facts, env);
    if (isRefusal(decision)) return decision;
    const taken = this.change(`${entry.aggregate}-${target}`, decision.events);
    if (taken) return taken;
    for (const { type, data, subject } of decision.events) {
      const event = { type, data, at: this.now, aggregate: entry.aggregate, id: target, command: name, actor };
      this.apply({ ...event, ...(subject !== undefined && { subject }) });
    }
    return { id: target, events: decision.events, result: decision.result ?? {} };
  }

  private facts(entry: CommandEntry, command: object, state: unknown): Facts {
    const found: Record<string, Facts[string]> = {};
    for (;;) {
      const wanted = Object.entries(entry.reads?.(command as never, state as never, found) ?? {});
      const missing = wanted.filter(([name, reference]) => reference && !(name in found));
      if (missing.length === 0) return found;
      for (const [name, reference] of missing) found[name] = this.resolve(reference!);
    }
  }

  private resolve(reference: Reference): Facts[string] {
    if ('stream' in reference) return this.read(reference.stream, reference.id);
    if ('claim' in reference) {
      const stream = this.claims.get(claimKey(reference.claim));
      return stream === undefined
        ? undefined
        : this.read(reference.aggregate, stream.slice(reference.aggregate.length + 1));
    }
    if (reference.question !== 'applications-of-developer') throw new Error(`cannot answer ${reference.question}`);
    const applications = this.all<{ exists: boolean; developer_id: string }>('application');
    return applications.filter(({ state }) => state.exists && state.developer_id === reference.id).length;
  }

  /** Drops before takes, all or nothing, as an event store does it for one append. */
  private change(stream: string, events: readonly NewEvent[]): Refusal | undefined {
    const next = new Map(this.claims);
    for (const { drop } of events) {
      const keys = drop === 'all' ? [...next.keys()] : (drop ?? []).map(claimKey);
      for (const key of keys) if (next.get(key) === stream) next.delete(key);
    }
    for (const claim of events.flatMap(({ take }) => take ?? [])) {
      const holder = next.get(claimKey(claim));
      if (holder !== undefined && holder !== stream) {
        return refuse(CLAIM_KINDS[claim.kind] ?? 'claim_taken', { value: claim.value });
      }
      next.set(claimKey(claim), stream);
    }
    this.claims.clear();
    next.forEach((holder, key) => this.claims.set(key, holder));
    return undefined;
  }

  private apply(event: Happened): void {
    this.log.push(frozen(event));
    const { state, revision } = this.read(event.aggregate, event.id);
    const next = frozen(AGGREGATES[event.aggregate].evolve(state, event));
    this.states.set(`${event.aggregate}-${event.id}`, { id: event.id, state: next, revision: revision + 1 });
  }
}
