import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EventStore, Receipt } from '../port.js';
import { appendTo, newEvents, newStream, type MakeHarness } from './support.contract.js';

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
      const [late, claiming] = [newReceipt(), newReceipt()];
      const claims = { take: [randomUUID()], drop: [] };
      await appendTo(store, newStream(), -1, newEvents(1), { claims });
      const stream = newStream();
      const attempts = [
        { stream, expectedRevision: 4, events: newEvents(1), receipt: late },
        { stream, expectedRevision: -1, events: newEvents(1), receipt: claiming, claims },
      ];
      const results = await Promise.all(attempts.map((attempt) => store.append(attempt)));
      expect(results.map(({ outcome }) => outcome)).toEqual(['wrong-revision', 'claim-taken']);
      expect(await store.receipt(late.key)).toBeUndefined();
      expect(await store.receipt(claiming.key)).toBeUndefined();
    });

    it('are absent once expired, and their key can be used again', async () => {
      const expired = newReceipt({ expiresAt: Date.now() - 1 });
      await appendWith(expired);
      expect(await store.receipt(expired.key)).toBeUndefined();
      const next = newReceipt({ key: expired.key, payload: 'another' });
      await appendWith(next);
      expect(await store.receipt(expired.key)).toEqual(next);
    });

    it('keep the first answer recorded under a key', async () => {
      const first = newReceipt();
      await appendWith(first);
      await appendWith(newReceipt({ key: first.key }));
      expect(await store.receipt(first.key)).toEqual(first);
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
