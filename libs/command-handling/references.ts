import type { FoldCache } from './fold-cache.js';
import type { Secrets } from './env.js';
import type { CommandEntry } from '#domain/core/command.js';
import type { Facts, Question, ReadState, Reference } from '#domain/core/decider.js';
import type { EventStore } from '#event-store/port.js';

/** What a decision read: name -> `stream@revision`, or `question=value@position`. Stored with every event it led to. */
export type Basis = Readonly<Record<string, string>>;

/** Answers the rules that no stream can answer, from views caught up to the log's head at the moment of asking. */
export interface Questions {
  answer(question: Question, id: string): Promise<{ value: number; position: bigint }>;
}

export interface Reader {
  readonly cache: Pick<FoldCache, 'load' | 'drop'>;
  readonly store: EventStore;
  readonly secrets: Secrets;
  readonly questions: Questions;
}

/** Resolves all that an entry wants to read, asking again until it wants nothing new. */
export async function readFacts(
  entry: CommandEntry,
  command: object,
  state: unknown,
  reader: Reader,
): Promise<{ facts: Facts; basis: Basis }> {
  const facts: Record<string, ReadState | number | undefined> = {};
  const basis: Record<string, string> = {};
  if (!entry.reads) return { facts, basis };
  for (;;) {
    const wanted = Object.entries(entry.reads(command as never, state as never, facts));
    const missing = wanted.filter(([name, reference]) => reference && !(name in facts));
    if (missing.length === 0) return { facts, basis };
    for (const [name, reference] of missing) await resolve(name, reference!, reader, facts, basis);
  }
}

async function resolve(
  name: string,
  reference: Reference,
  reader: Reader,
  facts: Record<string, ReadState | number | undefined>,
  basis: Record<string, string>,
): Promise<void> {
  if ('question' in reference) {
    const { value, position } = await reader.questions.answer(reference.question, reference.id);
    facts[name] = value;
    basis[name] = `${reference.question}=${value}@${position}`;
    return;
  }
  const { aggregate, id } = await target(reference, reader);
  if (id === undefined) {
    facts[name] = undefined;
    basis[name] = `${aggregate}@none`;
    return;
  }
  const { state, revision } = await reader.cache.load(aggregate, id);
  facts[name] = { id, state, revision };
  basis[name] = `${aggregate}-${id}@${revision}`;
}

async function target(reference: Exclude<Reference, { question: Question }>, reader: Reader) {
  if ('stream' in reference) return { aggregate: reference.stream, id: reference.id };
  const owner = await reader.store.ownerOf(reader.secrets.claimHash(reference.claim));
  return { aggregate: reference.aggregate, id: owner?.slice(reference.aggregate.length + 1) };
}
