import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EventStore, Receipt } from '../port.js';
import { appendTo, claiming, newEvents, newStream, outcomes, type MakeHarness } from './support.contract.js';

export function receiptsContract(makeHarness: MakeHarness): void {
  describe('receipts', () => {
    let store: EventStore;
    let destroy: () => Promise<void>;
    beforeAll(async () => {
      const harness = await makeHarness();
      destroy = harness.destroy;
      store = await harness.open();
    });
    afterAll(() => destroy());

    const newReceipt = (change: Partial<Receipt> = {}): Receipt => ({
      key: randomUUID(),
      payload: 'payload-hash',
      commandId: randomUUID(),
      expiresAt: Date.now() + 3_600_000,
      sealed: 'sealed 😀',
      ...change,
    });
    const appendWith = (receipt: Receipt) => appendTo(store, newStream(), -1, newEvents(1), { receipt });

    it('are there once their events are', async () => {
      const receipt = newReceipt();
      expect(await store.receipt(receipt.key)).toBeUndefined();
      await appendWith(receipt);
      expect(await store.receipt(receipt.key)).toEqual(receipt);
    });

    it('are not left by a refused append', async () => {
      const [late, refused] = [newReceipt(), newReceipt()];
      const claims = { take: [randomUUID()], drop: [] };
      await appendTo(store, newStream(), -1, newEvents(1), { claims });
      const stream = newStream();
      const attempts = [
        { stream, expectedRevision: 4, events: newEvents(1), receipt: late },
        { stream, expectedRevision: -1, events: claiming(newEvents(1), claims), receipt: refused, claims },
      ];
      const results = await Promise.all(attempts.map((attempt) => store.append(attempt)));
      expect(results.map(({ outcome }) => outcome)).toEqual(['wrong-revision', 'claim-taken']);
      expect(await store.receipt(late.key)).toBeUndefined();
      expect(await store.receipt(refused.key)).toBeUndefined();
    });

    it('are absent once expired, and their key can be used again', async () => {
      const expired = newReceipt({ expiresAt: Date.now() - 1 });
      await appendWith(expired);
      expect(await store.receipt(expired.key)).toBeUndefined();
      const next = newReceipt({ key: expired.key, payload: 'another' });
      await appendWith(next);
      expect(await store.receipt(expired.key)).toEqual(next);
    });

    it('are recorded once under a key: the append of another command is turned away', async () => {
      const first = newReceipt();
      await appendWith(first);
      const stream = newStream();
      const second = { stream, expectedRevision: -1, events: newEvents(1), receipt: newReceipt({ key: first.key }) };
      expect(await store.append(second)).toEqual({ outcome: 'already-recorded' });
      expect(await store.readStream(stream)).toEqual([]);
      expect(await store.receipt(first.key)).toEqual(first);
    });

    it('let one of many commands under one key append', async () => {
      const key = randomUUID();
      const streams = Array.from({ length: 10 }, newStream);
      const results = await Promise.all(
        streams.map((stream) =>
          store.append({ stream, expectedRevision: -1, events: newEvents(1), receipt: newReceipt({ key }) }),
        ),
      );
      expect(outcomes(results, 'appended')).toBe(1);
      expect(outcomes(results, 'already-recorded')).toBe(9);
      const lengths = await Promise.all(streams.map(async (stream) => (await store.readStream(stream)).length));
      expect(lengths.reduce((sum, length) => sum + length)).toBe(1);
    });

    it('belong to their command: repeated, it is answered as before', async () => {
      const receipt = newReceipt();
      const append = { stream: newStream(), expectedRevision: -1, events: newEvents(1), receipt };
      const first = await store.append(append);
      expect(await store.append(append)).toEqual(first);
      expect(await store.receipt(receipt.key)).toEqual(receipt);
    });

    it('take a new sealed part, and only that', async () => {
      const receipt = newReceipt();
      const appended = appendWith(receipt);
      await Promise.all([appended, store.sealReceipt(receipt.key, 'the answer')]);
      expect(await store.receipt(receipt.key)).toEqual({ ...receipt, sealed: 'the answer' });
      await store.sealReceipt('unknown', 'x');
      expect(await store.receipt('unknown')).toBeUndefined();
    });
  });
}
