import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { canonicalBody, digest } from '../canonical.js';
import type { EventStore, StoredEvent } from '../port.js';
import { appendTo, newEvent, newEvents, newStream, type MakeHarness } from './support.contract.js';

/** Values that a store might alter on the way. */
const awkward = {
  labels: [
    ['10', 'a'],
    ['2', 'b'],
  ],
  emoji: '👩‍👩‍👧 😀',
  separators: 'a\u2028b\u2029c',
  nul: 'a\u0000b',
  controls: '\u0001\u001f\u007f\r\n\t"\\/',
  composed: '\u00e9 and \u0065\u0301',
  empty: { string: '', list: [], object: {}, none: null },
  numbers: [0, -1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER],
  10: 'integer-like keys',
  2: true,
};

export function readingContract(makeHarness: MakeHarness): void {
  describe('reading', () => {
    let store: EventStore;
    let destroy: () => Promise<void>;
    const stream = newStream();
    let log: readonly StoredEvent[];
    let origin: bigint;

    beforeAll(async () => {
      const harness = await makeHarness();
      destroy = harness.destroy;
      store = await harness.open();
      origin = await store.head();
      if (!harness.shared) expect(origin).toBe(0n);
      expect(await store.readAll({ after: origin, limit: 10 })).toEqual([]);
      for (let revision = -1; revision < 9; revision++) {
        await appendTo(store, stream, revision);
        await appendTo(store, newStream(), -1, [
          newEvent({}, revision % 2 ? 'portal.created.v1' : 'portal.renamed.v1'),
        ]);
      }
      log = await store.readAll({ after: origin, limit: 1_000 });
    });
    afterAll(() => destroy());

    const revisions = async (options: Parameters<EventStore['readStream']>[1]) =>
      (await store.readStream(stream, options)).map(({ revision }) => revision);

    it('reads a stream both ways, from any revision, bounded', async () => {
      expect(await revisions(undefined)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      expect(await revisions({ from: 7 })).toEqual([7, 8, 9]);
      expect(await revisions({ from: 3, limit: 2 })).toEqual([3, 4]);
      expect(await revisions({ backwards: true })).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
      expect(await revisions({ backwards: true, limit: 1 })).toEqual([9]);
      expect(await revisions({ backwards: true, from: 1 })).toEqual([1, 0]);
      expect(await revisions({ from: 10 })).toEqual([]);
      expect(await revisions({ backwards: true, from: 99, limit: 2 })).toEqual([9, 8]);
    });

    it('answers nothing for a stream that does not exist', async () => {
      expect(await store.readStream(newStream())).toEqual([]);
      expect(await store.readStream(newStream(), { backwards: true })).toEqual([]);
      expect(await store.readStream(stream.toUpperCase())).toEqual([]);
    });

    it('reads the whole log page by page, each event once, in order', async () => {
      expect(log).toHaveLength(20);
      const pages: StoredEvent[] = [];
      for (let after = origin; ; after = pages.at(-1)!.position) {
        const page = await store.readAll({ after, limit: 7 });
        expect(page.length).toBeLessThanOrEqual(7);
        if (page.length === 0) break;
        pages.push(...page);
      }
      expect(pages).toEqual(log);
      expect(log.every(({ position }, index) => index === 0 || position > log[index - 1]!.position)).toBe(true);
      expect(await store.head()).toBe(log.at(-1)!.position);
      expect(await store.readAll({ after: log.at(-1)!.position, limit: 7 })).toEqual([]);
      expect(await store.readAll({ after: 2n ** 80n, limit: 7 })).toEqual([]);
    });

    it('reads the events of some types, in order, page by page', async () => {
      const types = ['portal.created.v1', 'portal.renamed.v1', 'portal.created.v1', 'nobody.knows.v1'];
      const expected = log.filter(({ type }) => types.includes(type));
      expect(expected).toHaveLength(10);
      const first = await store.readAll({ after: origin, limit: 4, types });
      const rest = await store.readAll({ after: first.at(-1)!.position, limit: 100, types });
      expect([...first, ...rest]).toEqual(expected);
      expect(first).toHaveLength(4);
      expect(await store.readAll({ after: origin, limit: 4, types: [] })).toEqual([]);
    });

    it('reads the event at a position', async () => {
      for (const event of log) expect(await store.readAt(event.position)).toEqual(event);
      for (const nowhere of [0n, -1n, log.at(-1)!.position + 1n, 2n ** 80n]) {
        expect(await store.readAt(nowhere)).toBeUndefined();
      }
    });

    it('keeps every string and number as it was', async () => {
      const event = newEvent(awkward);
      const { events, position } = await appendTo(store, newStream(), -1, [event]);
      const read = (await store.readAt(position))!;
      expect(read.data).toEqual(awkward);
      expect(canonicalBody(read)).toBe(canonicalBody(event));
      expect(digest(read)).toBe(digest(event));
      expect(canonicalBody(events[0]!)).toBe(canonicalBody(event));
    });

    it('answers what was stored even if the caller changes its own objects afterwards', async () => {
      const data = { name: 'before' };
      const done = appendTo(store, newStream(), -1, [newEvent(data)]);
      data.name = 'after';
      const { events, position } = await done;
      expect(events[0]!.data).toEqual({ name: 'before' });
      expect((await store.readAt(position))!.data).toEqual({ name: 'before' });
    });
  });

  describe('restart', () => {
    it('keeps the log, its id, its claims and its receipts', async () => {
      const harness = await makeHarness();
      try {
        const before = await harness.open();
        const origin = await before.head();
        const stream = newStream();
        const [claim, key] = [randomUUID(), randomUUID()];
        const receipt = { key, payload: 'p', commandId: 'c', expiresAt: Date.now() + 3_600_000, sealed: 's' };
        await appendTo(before, stream, -1, newEvents(3), { claims: { take: [claim], drop: [] }, receipt });
        const { logId } = before;
        const log = await before.readAll({ after: origin, limit: 10 });

        const after = await harness.reopen();
        expect(after.logId).toBe(logId);
        expect(log).toHaveLength(3);
        expect(await after.readAll({ after: origin, limit: 10 })).toEqual(log);
        expect(await after.head()).toBe(log.at(-1)!.position);
        expect(await after.ownerOf(claim)).toBe(stream);
        expect(await after.receipt(key)).toEqual(receipt);
        const { position } = await appendTo(after, stream, 2);
        expect(position > log.at(-1)!.position).toBe(true);
      } finally {
        await harness.destroy();
      }
    });

    it('gives every log its own id, and one log the same', async () => {
      const harnesses = [await makeHarness(), await makeHarness()];
      const stores = await Promise.all(harnesses.map((harness) => harness.open()));
      expect(stores[0]!.logId === stores[1]!.logId).toBe(harnesses[0]!.shared === true);
      for (const harness of harnesses) await harness.destroy();
    });
  });
}
