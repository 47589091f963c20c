import type { Doc, DocWrite, ReadModelStore, Selection } from './port.js';

/** A document as of now; position -1n: there is none, not even a tombstone. */
export interface Entry {
  readonly doc: Doc | null;
  readonly position: bigint;
}

const ABSENT: Entry = { doc: null, position: -1n };

/** A view's documents as they are in the middle of a batch: what is stored, covered by what the batch has changed so far. */
export interface Overlay {
  /** Reads what these selections need, in few queries: by id for many events at once, by field one by one. */
  fetch(selections: readonly Selection[]): Promise<void>;
  /** The selected documents that exist now. Everything selected must have been fetched. */
  resolve(selection: Selection): ReadonlyMap<string, Doc>;
  entry(id: string): Entry | undefined;
  put(id: string, entry: Entry): void;
  /** How many documents it holds, changed or only read. */
  size(): number;
  /** Each changed document once, in its newest state. */
  writes(): readonly DocWrite[];
}

export function createOverlay(store: ReadModelStore, collection: string): Overlay {
  const entries = new Map<string, Entry>();
  /** What was there before the batch, by the ids of changed documents. */
  const changed = new Map<string, Doc | null>();
  /** For each `where` that the batch uses: ids that matched in the store or have matched since. */
  const matches = new Map<string, Map<string, Set<string>>>();

  async function fetchIds(ids: readonly string[]): Promise<void> {
    const missing = new Set(ids.filter((id) => !entries.has(id)));
    if (missing.size === 0) return;
    for (const id of missing) entries.set(id, ABSENT);
    for (const { id, doc, position } of await store.load(collection, [...missing])) entries.set(id, { doc, position });
  }

  async function fetchWhere(field: string, value: string): Promise<void> {
    const byValue = matches.get(field) ?? new Map<string, Set<string>>();
    matches.set(field, byValue);
    if (byValue.has(value)) return;
    const ids = new Set<string>();
    for (const { id, doc, position } of await store.loadWhere(collection, field, value)) {
      ids.add(id);
      if (!entries.has(id)) entries.set(id, { doc, position });
    }
    for (const id of changed.keys()) if (entries.get(id)?.doc?.[field] === value) ids.add(id);
    byValue.set(value, ids);
  }

  return {
    async fetch(selections) {
      await fetchIds(selections.flatMap((selection) => selection.ids ?? []));
      for (const { where } of selections) if (where) await fetchWhere(...where);
    },
    resolve({ ids = [], where }) {
      const docs = new Map<string, Doc>();
      for (const id of ids) {
        const doc = entries.get(id)?.doc;
        if (doc) docs.set(id, doc);
      }
      if (where) {
        const [field, value] = where;
        for (const id of matches.get(field)?.get(value) ?? []) {
          const doc = entries.get(id)?.doc;
          if (doc?.[field] === value) docs.set(id, doc);
        }
      }
      return docs;
    },
    entry: (id) => entries.get(id),
    put(id, entry) {
      if (!changed.has(id)) changed.set(id, entries.get(id)?.doc ?? null);
      entries.set(id, entry);
      for (const [field, byValue] of matches) byValue.get(entry.doc?.[field] as string)?.add(id);
    },
    size: () => entries.size,
    writes: () => Array.from(changed, ([id, before]) => ({ id, ...entries.get(id)!, before })),
  };
}
