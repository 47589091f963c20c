import type { CommandEntry } from '../core/command.js';
import type { Actor, Decider, Env, Facts, NewEvent, ReadState } from '../core/decider.js';
import { after, fold } from '../core/fold.js';
import type { Past } from '../core/fold.js';
import type { Refusal } from '../core/refusal.js';
import { isRefusal } from '../core/refusal.js';
import { parseCommand } from '../core/violations.js';

/** Given events and facts, when a command, then events or a refusal: how deciders are tested. Everything is deterministic. */

export const NOW = '2026-01-05T09:00:00.000Z';

/** `NOW` moved by seconds. */
export const later = (seconds: number): string => new Date(Date.parse(NOW) + seconds * 1000).toISOString();

/** A UUIDv7 in shape; the same label gives the same one. */
export function testId(label: string): string {
  let hash = 0n;
  for (const unit of label) hash = (hash * 31n + BigInt(unit.codePointAt(0) ?? 0)) % (1n << 48n);
  return `01900000-0000-7000-8000-${hash.toString(16).padStart(12, '0')}`;
}

export const testEnv = (changes: Partial<Env> = {}): Env => ({
  now: NOW,
  actor: { kind: 'admin', id: 'test' },
  id: testId,
  mintKey: (applicationId, credentialId) => ({
    key: `gh_${applicationId}_${credentialId}`,
    digest: `digest of ${credentialId}`,
    algorithm: 'test.v1',
  }),
  mintToken: (id) => ({ key: `ght_${id}`, digest: `digest of ${id}`, algorithm: 'test.v1' }),
  revision: 0,
  claimHash: ({ kind, scope, value }) => JSON.stringify([kind, scope, value]),
  ...changes,
});

export interface Given {
  /** The target stream so far; `at` defaults to NOW. */
  readonly events?: readonly { readonly type: string; readonly data: object; readonly at?: string }[];
  /** Facts by the names that the entry's `reads` uses; those it does not ask for are withheld from the decision. */
  readonly facts?: Facts;
  readonly actor?: Actor;
  readonly now?: string;
  readonly env?: Partial<Env>;
}

export interface Then<S> {
  readonly events: readonly NewEvent[];
  readonly types: readonly string[];
  readonly result: object | undefined;
  readonly refusal: Refusal | undefined;
  /** The state afterwards. */
  readonly state: S;
  /** All events of the stream afterwards, to go on from. */
  readonly past: readonly Past[];
}

const dated = (given: Given): readonly Past[] => (given.events ?? []).map((event) => ({ at: NOW, ...event }));

/** What another stream says, for `facts`: undefined events mean that there is no such stream. */
export function read<S>(decider: Decider<S>, id: string, events: Given['events'] = []): ReadState<S> {
  return { id, state: fold(decider, dated({ events })), revision: events.length - 1 };
}

/** The facts that `reads` asks for, asked again as long as it wants more. */
function asked(entry: CommandEntry, command: object, state: unknown, facts: Facts): Facts {
  const found: Record<string, Facts[string]> = {};
  for (;;) {
    const wanted = Object.entries(entry.reads?.(command as never, state as never, found) ?? {});
    const missing = wanted.filter(([name, reference]) => reference && !(name in found));
    if (missing.length === 0) return found;
    for (const [name, reference] of missing) {
      if (!(name in facts) && !(reference && 'claim' in reference)) throw new Error(`give the fact [${name}]`);
      found[name] = facts[name];
    }
  }
}

/** Runs one command on a stream. Throws where the test itself or the entry is wrong: a malformed command, an undeclared event. */
export function when<S>(
  decider: Decider<S>,
  entry: CommandEntry | undefined,
  command: object,
  given: Given = {},
): Then<S> {
  if (!entry) throw new Error('no such command');
  const parsed = parseCommand(entry.command, command);
  if ('violations' in parsed) throw new Error(`malformed command: ${JSON.stringify(parsed.violations)}`);
  const past = dated(given);
  const state = fold(decider, past);
  const now = given.now ?? NOW;
  const env = testEnv({ now, revision: past.length - 1, ...(given.actor && { actor: given.actor }), ...given.env });
  const facts = asked(entry, parsed.command, state, given.facts ?? {});
  const decision = entry.decide(state as never, parsed.command as never, facts, env);
  if (isRefusal(decision)) return { events: [], types: [], result: undefined, refusal: decision, state, past };
  const undeclared = decision.events.find((event) => !entry.causes.includes(event.type));
  if (undeclared) throw new Error(`the entry's causes lack ${undeclared.type}`);
  return {
    events: decision.events,
    types: decision.events.map((event) => event.type),
    result: decision.result,
    refusal: undefined,
    state: after(decider, state, decision.events, now),
    past: [...past, ...decision.events.map(({ type, data }) => ({ type, data, at: now }))],
  };
}
