/**
 * Words to write a view's rules with. Each gives a Rule; what is not said here can be written out as one.
 *
 *   rules: rulesFor<ApplicationEvent>({
 *     'application.created.v1': insert((e) => ({ id: e.entityId, name: e.data.name })),
 *     'application.edited.v1': edit(entity, (doc: App, e) => ({ ...doc, ...e.data })),
 *     'application.deleted.v1': remove(entity),
 *   }),
 */
import type { LogEvent } from './log-event.js';
import type { Changes, Doc, Rule, Selection, View } from './port.js';

/** A log event with the data of its type. */
export type EventWith<D> = Omit<LogEvent, 'data'> & { readonly data: D };

export interface RuleFor<D> {
  readonly select: (event: EventWith<D>) => Selection;
  readonly reduce: (docs: ReadonlyMap<string, Doc>, event: EventWith<D>, loaded?: unknown) => Changes;
}

type RulesFor<E extends { type: string; data: object }> = {
  readonly [K in E['type']]?: RuleFor<Extract<E, { type: K }>['data']>;
};

/** Types each rule's event by the type that it stands under. `E`: the union of the events that the view may use. */
export function rulesFor<E extends { type: string; data: object }>(rules: RulesFor<E>): View['rules'] {
  return rules as Readonly<Record<string, Rule>>;
}

/** Says which documents: those with these ids, or those whose indexed field has the value. */
export type Select<D> = (event: EventWith<D>) => Selection;

/** The document that has the id of the event's stream. */
export const entity = (event: { readonly entityId: string }): Selection => ({ ids: [event.entityId] });

/** The document with the id found in the event. */
export const byId =
  <D>(id: (event: EventWith<D>) => string): Select<D> =>
  (event) => ({ ids: [id(event)] });

/** All documents whose field, which must lead an index, has the value found in the event. */
export const allWhere =
  <D>(field: string, value: (event: EventWith<D>) => string): Select<D> =>
  (event) => ({ where: [field, value(event)] });

/**
 * Makes documents, or replaces those that have the same ids. `select` is a hint only: ids that are named beforehand are
 * looked up many at a time.
 */
export function insert<D>(
  make: (event: EventWith<D>, loaded?: unknown) => Doc | readonly Doc[],
  select: Select<NoInfer<D>> = entity,
): RuleFor<D> {
  return {
    select,
    reduce: (_, event, loaded) => new Map([make(event, loaded)].flat().map((doc) => [doc.id, doc])),
  };
}

/**
 * Changes each selected document that exists; null deletes it. The same object back: unchanged. Spread, never mutate:
 * the document given may be kept by the runner.
 */
export function edit<D, T extends Doc>(
  select: Select<NoInfer<D>>,
  change: (doc: T, event: EventWith<D>, loaded?: unknown) => Doc | null,
): RuleFor<D> {
  return {
    select,
    reduce: (docs, event, loaded) =>
      new Map(Array.from(docs, ([id, doc]) => [id, change(doc as T, event, loaded)] as const)),
  };
}

export function remove<D>(select: Select<D>): RuleFor<D> {
  return { select, reduce: (docs) => new Map(Array.from(docs.keys(), (id) => [id, null])) };
}

/** The selected documents are replaced by the new set: those not in it are deleted. For derived ones, such as search terms. */
export function replaceAll<D, T extends Doc>(
  select: Select<NoInfer<D>>,
  make: (event: EventWith<D>, present: readonly T[], loaded?: unknown) => readonly Doc[],
): RuleFor<D> {
  return {
    select,
    reduce(docs, event, loaded) {
      const changes = new Map<string, Doc | null>(Array.from(docs.keys(), (id) => [id, null]));
      for (const doc of make(event, Array.from(docs.values()) as T[], loaded)) changes.set(doc.id, doc);
      return changes;
    },
  };
}
