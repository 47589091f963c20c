import { noJournal, openJournal, type Journal } from './journal.js';
import {
  MAX_APPEND_SIZE,
  type Committed,
  type Expected,
  type Proposed,
  type Recorded,
  type Transaction,
} from './recorded.js';
import { applyMetadata, check, newStreamState, SOFT_DELETED, tail, visible, type StreamState } from './stream-state.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const NIL = '00000000-0000-0000-0000-000000000000';
/** A tombstone's own revision. */
const LAST_REVISION = 2n ** 63n - 1n;

/** The log of one EventStoreDB server: what appends, deletes and metadata do, and what reads show. */
export class Log {
  readonly events: Recorded[] = [];
  private readonly streams = new Map<string, StreamState>();
  private readonly listeners = new Set<() => void>();
  private readonly journal: Journal;
  private position = 0n;
  private waiting: (() => void)[] = [];
  private unwritten: Transaction[] = [];

  /** Without a folder the log is in memory only. */
  constructor(
    folder?: string,
    private readonly now: () => number = Date.now,
  ) {
    this.journal = folder === undefined ? noJournal : openJournal(folder, (transaction) => this.apply(transaction));
    if (this.events.length === 0) this.store('$$$stats', [json('$metadata', { $maxAge: 86_400 })]);
    this.flush();
  }

  /** Answers once it is on disk. Appends that wait together share one write. */
  async append(stream: string, expected: Expected, events: readonly Proposed[]): Promise<Committed> {
    return this.commit(() => this.decide(stream, expected, events));
  }

  /** The same at once. */
  appendNow(stream: string, expected: Expected, events: readonly Proposed[]): Committed {
    const result = this.decide(stream, expected, events);
    this.flush();
    return result;
  }

  /** Soft delete: revisions go on, what was there is hidden. */
  async delete(stream: string, expected: Expected): Promise<Committed> {
    return this.commit(() => {
      const refused = this.refuseDelete(stream, expected, false);
      return refused ?? this.store(`$$${stream}`, [json('$metadata', `{"$tb":${SOFT_DELETED}}`)]);
    });
  }

  async tombstone(stream: string, expected: Expected): Promise<Committed> {
    return this.commit(() => {
      const refused = this.refuseDelete(stream, expected, true);
      if (refused) return refused;
      const event = this.record(stream, LAST_REVISION, json('$streamDeleted', ''));
      this.apply({ events: [event], tombstone: stream });
      this.unwritten.push({ events: [event], tombstone: stream });
      return { kind: 'stored', revision: event.revision, position: event.position };
    });
  }

  stream(name: string): 'missing' | 'deleted' | readonly Recorded[] {
    const state = this.streams.get(name);
    if (state?.tombstoned) return 'deleted';
    return !state || state.events.length === 0 || state.softDeleted ? 'missing' : visible(state, this.now());
  }

  onCommit(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Index in `events` of the first one at or after a position. */
  indexFrom(position: bigint): number {
    let [low, high] = [0, this.events.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.events[middle]!.position < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  close(): void {
    this.flush();
    this.journal.close();
  }

  private commit(decide: () => Committed): Promise<Committed> {
    return new Promise((resolve) => {
      if (this.waiting.length === 0) setImmediate(() => this.flush());
      // Decided in the order of arrival, answered after the write that all of the turn share.
      const result = decide();
      this.waiting.push(() => resolve(result));
    });
  }

  /** Puts on disk what waits: nobody may see an event that a crash could still take away. */
  flush(): void {
    const [answers, transactions] = [this.waiting, this.unwritten];
    this.waiting = [];
    this.unwritten = [];
    if (transactions.length > 0) this.journal.write(transactions);
    for (const answer of answers) answer();
    if (transactions.length > 0) for (const listener of this.listeners) listener();
  }

  private decide(stream: string, expected: Expected, events: readonly Proposed[]): Committed {
    if (stream === '' || events.some(({ id, type }) => !UUID.test(id) || id === NIL || type === '')) {
      return { kind: 'bad-request' };
    }
    // Metadata is not counted.
    if (events.reduce((sum, { data }) => sum + data.length, 0) > MAX_APPEND_SIZE) return { kind: 'too-large' };
    const state = this.streams.get(stream);
    const checked = check(state, expected, events);
    if (checked !== 'store') return checked;
    if (events.length === 0) return { kind: 'stored', revision: tail(state), position: this.position };
    if (state?.softDeleted) {
      this.store(`$$${stream}`, [json('$metadata', `{"$tb":${String(tail(state) + 1n)}}`)]);
    }
    return this.store(stream, events);
  }

  private store(stream: string, proposed: readonly Proposed[]): Committed {
    let revision = tail(this.streams.get(stream));
    const events = proposed.map((event) => this.record(stream, ++revision, event));
    this.apply({ events });
    this.unwritten.push({ events });
    return { kind: 'stored', revision, position: events.at(-1)!.position };
  }

  /** Positions are byte offsets: they differ by the size of what is before them. */
  private record(stream: string, revision: bigint, event: Proposed): Recorded {
    const size = 120 + stream.length + event.type.length + event.data.length + event.metadata.length;
    this.position += BigInt(size);
    return { ...event, stream, revision, position: this.position, created: BigInt(this.now()) * 10_000n };
  }

  private apply({ events, tombstone }: Transaction): void {
    for (const event of events) {
      this.events.push(event);
      this.position = event.position;
      if (event.revision !== LAST_REVISION) this.state(event.stream).events.push(event);
      if (event.stream.startsWith('$$')) applyMetadata(this.state(event.stream.slice(2)), event.data);
    }
    if (tombstone !== undefined) this.state(tombstone).tombstoned = true;
  }

  private refuseDelete(stream: string, expected: Expected, missingToo: boolean): Committed | undefined {
    const state = this.streams.get(stream);
    if (state?.tombstoned) return { kind: 'deleted' };
    const current = tail(state);
    const exact = expected === 'no_stream' ? -1n : expected;
    if (typeof exact === 'bigint' && exact !== current) return { kind: 'wrong-version', actual: current };
    if (current < 0n && !missingToo) return { kind: 'wrong-version', actual: current };
    return undefined;
  }

  private state(stream: string): StreamState {
    let state = this.streams.get(stream);
    if (!state) this.streams.set(stream, (state = newStreamState()));
    return state;
  }
}

let systemIds = 0;

/** A system event; its id is of no interest to anybody. */
function json(type: string, data: object | string): Proposed {
  const id = `00000000-0000-4000-8000-${(++systemIds).toString(16).padStart(12, '0')}`;
  const text = typeof data === 'string' ? data : JSON.stringify(data);
  return { id, type, contentType: 'application/json', data: Buffer.from(text), metadata: new Uint8Array() };
}
