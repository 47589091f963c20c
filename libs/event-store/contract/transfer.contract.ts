import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { canonicalBody } from '../canonical.js';
import { logDigest } from '../digest.js';
import type { EventStore, NewStoredEvent, StoredEvent } from '../port.js';
import { FENCE } from '../technical.js';
import { LogInUse, type LogTransfer, type PlacedReceipt } from '../transfer.js';
import { appendTo, claiming, newEvent, newStream } from './support.contract.js';

/** One log that is opened in turn to move events and to serve them. */
export interface TransferHarness {
  openTransfer(): Promise<LogTransfer>;
  openStore(): Promise<EventStore>;
  destroy(): Promise<void>;
}

const FROM = randomUUID();

/** Events of two streams and a fence between them, as another log has them. */
function history(): readonly StoredEvent[] {
  const [one, other] = [newStream(), newStream()];
  const awkward = { labels: [['10', 'a'], ['2', 'b']], emoji: '👩‍👩‍👧', separators: 'a\u2028b', nul: 'a\u0000b', none: null }; // prettier-ignore
  const fence: NewStoredEvent = { id: randomUUID(), type: FENCE, data: {}, metadata: {} };
  const rows: readonly (readonly [string, number, NewStoredEvent])[] = [
    [one, 0, claiming([newEvent(awkward)], { take: [`mine-${one}`, `given-${one}`], drop: [] })[0]!],
    [one, 1, fence],
    [other, 0, newEvent({ n: 1 })],
    [one, 2, claiming([newEvent({ n: 2 })], { take: [], drop: [`given-${one}`] })[0]!],
    [one, 3, newEvent({ n: 3 })],
    [other, 1, { ...fence, id: randomUUID() }],
  ];
  return rows.map(([stream, revision, event], index) => ({ ...event, stream, revision, position: BigInt(index + 1) }));
}

const told = (events: readonly StoredEvent[]) =>
  events.map(({ id, stream, revision, ...body }) => [id, stream, revision, canonicalBody(body)]);

/** What every log must do that another one is moved to, or from. `make` gives a new, empty one. */
export function transferContract(name: string, make: () => TransferHarness | Promise<TransferHarness>): void {
  describe(`${name}, to which a log is moved`, () => {
    let harness: TransferHarness;
    let events: readonly StoredEvent[];
    let receipt: PlacedReceipt;
    beforeEach(async () => {
      harness = await make();
      events = history();
      const { id, stream, revision } = events[3]!;
      receipt = {
        ...{ key: randomUUID(), payload: 'p', commandId: randomUUID(), expiresAt: Date.now() + 60_000, sealed: 's' },
        ...{ event: id, stream, revision },
      };
    });
    afterEach(() => harness.destroy());

    async function transfer<T>(work: (log: LogTransfer) => Promise<T>): Promise<T> {
      const log = await harness.openTransfer();
      try {
        return await work(log);
      } finally {
        await log.close();
      }
    }

    async function serving<T>(work: (store: EventStore) => Promise<T>): Promise<T> {
      const store = await harness.openStore();
      try {
        return await work(store);
      } finally {
        await store.close();
      }
    }

    const moveAll = (): Promise<void> =>
      transfer(async (log) => {
        await log.begin(FROM);
        await log.write(events.slice(0, 4));
        await log.write(events.slice(4));
        await log.hold(new Map([[`mine-${events[0]!.stream}`, events[0]!.stream]]));
        await log.keep([receipt]);
        await log.finish();
      });

    it('has the events as they were, fences too, in their order and at their revisions', async () => {
      await moveAll();
      const stored = await transfer((log) => log.read(0n, 100));
      expect(told(stored)).toEqual(told(events));
      expect(stored.every(({ position }, index) => index === 0 || position > stored[index - 1]!.position)).toBe(true);
      const paged = await transfer(async (log) => {
        const found: StoredEvent[] = [];
        for (let page = await log.read(0n, 2); page.length > 0; page = await log.read(found.at(-1)!.position, 2)) {
          found.push(...page);
        }
        return found;
      });
      expect(paged).toEqual(stored);
      expect(await transfer((log) => log.end())).toBe(stored[4]!.position);
      const [before, after] = [logDigest(), logDigest()];
      for (const event of events) before.add(event);
      for (const event of stored) after.add(event);
      expect([after.count, after.root()]).toEqual([4, before.root()]);
    });

    it('shows the domain events alone when it serves, and goes on after the fences', async () => {
      await moveAll();
      const [first] = events;
      await serving(async (store) => {
        const domain = events.filter(({ type }) => type !== FENCE);
        const all = await store.readAll({ after: 0n, limit: 100 });
        expect(told(all)).toEqual(told(domain));
        expect(await store.head()).toBe(all.at(-1)!.position);
        const [fence] = await store.readStream(first!.stream, { from: 1, limit: 1, technical: true });
        expect(fence!.type).toBe(FENCE);
        expect(await store.readAt(fence!.position)).toBeUndefined();
        expect((await store.readStream(first!.stream)).map(({ revision }) => revision)).toEqual([0, 2, 3]);
        expect((await store.readStream(first!.stream, { backwards: true, limit: 2 })).map((e) => e.revision)).toEqual([3, 2]); // prettier-ignore
        await appendTo(store, first!.stream, 3);
        await appendTo(store, events[2]!.stream, 1);
        const wrong = await store.append({ stream: events[2]!.stream, expectedRevision: 0, events: [newEvent()] });
        expect(wrong.outcome).toBe('wrong-revision');
      });
    });

    it('knows who holds which claim, and gives free what was given back', async () => {
      await moveAll();
      const [{ stream }] = events as [StoredEvent];
      await serving(async (store) => {
        expect(await store.ownerOf(`mine-${stream}`)).toBe(stream);
        expect(await store.ownerOf(`given-${stream}`)).toBeUndefined();
        const take = (claim: string) => {
          const claims = { take: [claim], drop: [] };
          return store.append({ stream: newStream(), expectedRevision: -1, events: claiming([newEvent()], claims), claims }); // prettier-ignore
        };
        expect(await take(`mine-${stream}`)).toMatchObject({ outcome: 'claim-taken', owner: stream });
        expect((await take(`given-${stream}`)).outcome).toBe('appended');
      });
    });

    it('keeps receipts', async () => {
      await moveAll();
      const { key, payload, commandId, expiresAt, sealed } = receipt;
      const kept = { key, payload, commandId, expiresAt, sealed };
      expect(await serving((store) => store.receipt(key))).toEqual(kept);
      expect(await transfer((log) => log.receipts())).toEqual([kept]);
    });

    it('cannot be served before all has arrived', async () => {
      await transfer(async (log) => {
        await log.begin(FROM);
        await log.write(events.slice(0, 3));
      });
      await expect(serving((store) => store.head())).rejects.toThrow('not all have arrived');
      expect(await transfer((log) => log.arrival())).toEqual({ from: FROM, finished: false });
      await transfer(async (log) => {
        await log.begin(FROM);
        await log.write(events.slice(3));
        await log.finish();
        expect(await log.arrival()).toEqual({ from: FROM, finished: true });
      });
      expect((await serving((store) => store.readAll({ after: 0n, limit: 100 }))).length).toBe(4);
    });

    it('takes nothing from a second log, nor beside events of its own', async () => {
      await transfer(async (log) => {
        await log.begin(FROM);
        await expect(log.begin(randomUUID())).rejects.toThrow(LogInUse);
        await log.finish();
      });
      const used = await make();
      try {
        const store = await used.openStore();
        await appendTo(store, newStream(), -1);
        await store.close();
        const log = await used.openTransfer();
        await expect(log.begin(FROM)).rejects.toThrow(LogInUse);
        expect(await log.arrival()).toBeUndefined();
        await log.close();
      } finally {
        await used.destroy();
      }
    });

    it('refuses events that do not follow, and stores none of them', async () => {
      await transfer(async (log) => {
        await log.begin(FROM);
        await log.write(events.slice(0, 1));
        await expect(log.write(events.slice(3, 4))).rejects.toThrow(LogInUse);
        expect(told(await log.read(0n, 10))).toEqual(told(events.slice(0, 1)));
        await log.finish();
      });
    });

    it('has another id than the log that came', async () => {
      await moveAll();
      const { logId } = await transfer(async (log) => log);
      expect(logId).not.toBe(FROM);
      expect(await serving(async (store) => store.logId)).toBe(logId);
    });
  });
}
