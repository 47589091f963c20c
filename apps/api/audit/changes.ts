import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AggregateName } from '#domain/core/decider.js';
import { fromPairs, type Pairs } from '#domain/core/events.js';
import { AGGREGATES, EVENTS } from '#domain/registry.js';
import type { StoredEvent } from '#event-store/port.js';
import { splitStream } from '#read-models/log-event.js';

export type Changes = Readonly<Record<string, { readonly from: unknown; readonly to: unknown }>>;

const SECRET = new Set(
  [...EVENTS.values()].flatMap(({ fields }) =>
    Object.entries(fields as Record<string, string>)
      .filter(([, classification]) => classification === 'secret-derived')
      .map(([name]) => name),
  ),
);

/** Said by the event itself, or by its time. */
const LEFT_OUT = new Set([...SECRET, 'id', 'exists', 'deleted', 'removed', 'created_at', 'updated_at']);
const LABELS = new Set(['labels', 'public_labels']);

/** Events after which others get their turn: the states of a long story are large. */
const EVENTS_PER_TURN = 20;

/**
 * What each event of one stream, read from its start, changed in the state: `registrations.<id>.status` and the like.
 * @param from place in `events` of the first to be told
 */
export async function changesOf(events: readonly StoredEvent[], from = 0): Promise<readonly Changes[]> {
  const [first] = events;
  if (!first) return [];
  const decider = AGGREGATES[splitStream(first.stream).aggregate as AggregateName];
  const changes: Changes[] = [];
  let before = decider.initialState as State;
  for (const [index, { type, data, metadata }] of events.entries()) {
    if (index % EVENTS_PER_TURN === EVENTS_PER_TURN - 1) await nextTurn();
    const after = decider.evolve(before, { type, data, at: metadata['recorded_at'] ?? '' }) as State;
    if (index >= from) changes.push(changesBetween(index === 0 ? {} : before, after));
    before = after;
  }
  return changes;
}

type State = Readonly<Record<string, unknown>>;

export const changesBetween = (before: State, after: State): Changes =>
  difference(fieldsOf(without(before, after)), fieldsOf(without(after, before)));

/** A state without what it shares with another: an event leaves most of it as it is, the very same objects. */
const without = (state: State, other: State): State =>
  Object.fromEntries(
    Object.entries(state)
      .filter(([name, value]) => value !== other[name])
      .map(([name, value]) => [name, isEntities(value) ? withoutItems(value, other[name]) : value]),
  );

function withoutItems(items: readonly unknown[], others: unknown): readonly unknown[] {
  const shared = new Set(Array.isArray(others) ? (others as unknown[]) : []);
  return items.filter((item) => !shared.has(item));
}

type Fields = ReadonlyMap<string, unknown>;

/** A state as paths and values. Lists of things with ids are walked into; other lists are values. */
function fieldsOf(state: object, prefix = '', found = new Map<string, unknown>()): Fields {
  for (const [name, value] of Object.entries(state)) {
    if (LEFT_OUT.has(name)) continue;
    const path = `${prefix}${name}`;
    if (LABELS.has(name)) found.set(path, fromPairs(value as Pairs));
    else if (isEntities(value)) for (const item of value) fieldsOf(item, `${path}.${item.id}.`, found);
    else if (isEntity(value)) fieldsOf(value, `${path}.`, found);
    else found.set(path, value === '' ? null : value);
  }
  return found;
}

const isEntity = (value: unknown): value is { readonly id: string } =>
  typeof value === 'object' && value !== null && typeof (value as { id?: unknown }).id === 'string';

const isEntities = (value: unknown): value is readonly { readonly id: string }[] =>
  Array.isArray(value) && value.length > 0 && value.every(isEntity);

const isNothing = (value: unknown): boolean =>
  value == null || (typeof value === 'object' && Object.keys(value).length === 0);

function difference(before: Fields, after: Fields): Changes {
  const changes: Record<string, { from: unknown; to: unknown }> = {};
  for (const path of new Set([...before.keys(), ...after.keys()])) {
    const from = before.get(path) ?? null;
    const to = after.get(path) ?? null;
    if ((isNothing(from) && isNothing(to)) || JSON.stringify(from) === JSON.stringify(to)) continue;
    changes[path] = { from, to };
  }
  return changes;
}
