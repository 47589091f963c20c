import { LRUCache } from 'lru-cache';
import type { AggregateName } from '#domain/core/decider.js';
import { AGGREGATES } from '#domain/registry.js';
import { heldAfter } from '#event-store/held-claims.js';
import type { EventStore, StoredEvent } from '#event-store/port.js';
import { atMost } from '#lru/at-most.js';

/** A stream folded: its state, where it stands, and the claim hashes that its events took and did not drop. */
export interface Folded<S = unknown> {
  readonly state: S;
  /** -1: the stream has no events. */
  readonly revision: number;
  readonly claims: ReadonlySet<string>;
}

/**
 * A bounded cache of folded streams, for decisions and for the gateway check. It follows every append of this process;
 * a miss reads the stream. States are immutable, so what was handed out stays as it was.
 */
export class FoldCache {
  private readonly cache: LRUCache<string, Folded>;
  private readonly loading = new Map<string, Promise<Folded>>();
  private readonly refreshing = new Map<string, Promise<Folded>>();
  /** Streams appended to while a load of them was under way. */
  private readonly overtaken = new Set<string>();
  private readonly unsubscribe: () => void;

  constructor(
    private readonly store: EventStore,
    max = 20_000,
  ) {
    this.cache = new LRUCache(atMost(max));
    this.unsubscribe = store.onAppended((events) => this.advance(events));
  }

  /** The folded stream if it is at hand; never waits. */
  peek<S>(aggregate: AggregateName, id: string): Folded<S> | undefined {
    return this.cache.get(`${aggregate}-${id}`) as Folded<S> | undefined;
  }

  async load<S>(aggregate: AggregateName, id: string): Promise<Folded<S>> {
    const stream = `${aggregate}-${id}`;
    const cached = this.cache.get(stream);
    if (cached) return cached as Folded<S>;
    let pending = this.loading.get(stream);
    if (!pending) {
      pending = this.read(aggregate, stream).finally(() => this.loading.delete(stream));
      this.loading.set(stream, pending);
    }
    return pending as Promise<Folded<S>>;
  }

  /** Reads on from where the cached state stands: for when this process may not have heard of everything yet. */
  async refresh<S>(aggregate: AggregateName, id: string): Promise<Folded<S>> {
    const stream = `${aggregate}-${id}`;
    const cached = this.cache.get(stream);
    if (!cached) return this.load(aggregate, id);
    let pending = this.refreshing.get(stream);
    if (!pending) {
      pending = this.readOn(aggregate, stream, cached).finally(() => this.refreshing.delete(stream));
      this.refreshing.set(stream, pending);
    }
    return pending as Promise<Folded<S>>;
  }

  /** The states of several streams of one kind, by id; each is loaded once, however often it is named. */
  loadMany<S>(aggregate: AggregateName, ids: readonly string[]): Promise<ReadonlyMap<string, S>> {
    return loadEach<S>((kind, id) => this.load(kind, id), aggregate, ids);
  }

  /** Forgets a stream: after a conflict the next load reads it. */
  drop(stream: string): void {
    this.cache.delete(stream);
  }

  close(): void {
    this.unsubscribe();
  }

  private async read(aggregate: AggregateName, stream: string): Promise<Folded> {
    const events = await this.store.readStream(stream, { technical: true });
    const folded = foldOnto(empty(aggregate), aggregate, events);
    // An append that committed while this read ran may be newer than what was read: leave that to the next load.
    if (!this.overtaken.delete(stream) && events.length > 0 && !this.cache.has(stream)) this.cache.set(stream, folded);
    return folded;
  }

  private async readOn(aggregate: AggregateName, stream: string, cached: Folded): Promise<Folded> {
    const events = await this.store.readStream(stream, { from: cached.revision + 1, technical: true });
    const folded = foldOnto(cached, aggregate, events);
    // Dropped meanwhile: something newer than what was read may have come by.
    const present = this.cache.get(stream);
    if (present && present.revision >= folded.revision) return present;
    if (present) this.cache.set(stream, folded);
    return folded;
  }

  private advance(events: readonly StoredEvent[]): void {
    for (const event of events) {
      const { stream, revision } = event;
      const aggregate = aggregateOf(stream);
      const known = this.cache.get(stream) ?? (revision === 0 ? empty(aggregate) : undefined);
      if (known && revision === known.revision + 1) this.cache.set(stream, foldOnto(known, aggregate, [event]));
      else if (known && revision > known.revision) this.cache.delete(stream);
      else if (!known && this.loading.has(stream)) this.overtaken.add(stream);
    }
  }
}

/** The states by id, each loaded once. */
export async function loadEach<S>(
  load: <T>(aggregate: AggregateName, id: string) => Promise<Folded<T>>,
  aggregate: AggregateName,
  ids: readonly string[],
): Promise<ReadonlyMap<string, S>> {
  const distinct = [...new Set(ids)];
  const loaded = await Promise.all(distinct.map((id) => load<S>(aggregate, id)));
  return new Map(loaded.map(({ state }, index) => [distinct[index]!, state]));
}

const aggregateOf = (stream: string): AggregateName => stream.slice(0, stream.indexOf('-')) as AggregateName;

const empty = (aggregate: AggregateName): Folded => ({
  state: AGGREGATES[aggregate].initialState,
  revision: -1,
  claims: heldAfter([]),
});

/** Folds stored events onto what is known; pure. */
export function foldOnto(start: Folded, aggregate: AggregateName, events: readonly StoredEvent[]): Folded {
  const decider = AGGREGATES[aggregate];
  let { state, revision } = start;
  for (const event of events) {
    state = decider.evolve(state, { type: event.type, data: event.data, at: event.metadata['recorded_at'] ?? '' });
    revision = event.revision;
  }
  return { state, revision, claims: heldAfter(events, start.claims) };
}
