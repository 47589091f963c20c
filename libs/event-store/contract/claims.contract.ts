import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Append, AppendResult, ClaimChange, EventStore, NewStoredEvent } from '../port.js';
import { appendTo, claiming, newEvents, newStream, outcomes, type MakeHarness } from './support.contract.js';

export function claimsContract(makeHarness: MakeHarness): void {
  describe('claims', () => {
    let store: EventStore;
    let destroy: () => Promise<void>;
    beforeAll(async () => {
      const harness = await makeHarness();
      destroy = harness.destroy;
      store = await harness.open();
    });
    afterAll(() => destroy());

    const take = (...claims: string[]) => ({ claims: { take: claims, drop: [] } });
    const drop = (...claims: string[]) => ({ claims: { take: [], drop: claims } });
    const appendOf = (
      stream: string,
      expectedRevision: number,
      events: readonly NewStoredEvent[],
      { claims }: { claims: ClaimChange },
    ): Append => ({ stream, expectedRevision, events: claiming(events, claims), claims });
    const attempt = (...append: Parameters<typeof appendOf>) => store.append(appendOf(...append));

    it('give a value to exactly one of fifty concurrent takers', async () => {
      const claim = randomUUID();
      const streams = Array.from({ length: 50 }, newStream);
      const results = await Promise.all(streams.map((stream) => attempt(stream, -1, newEvents(2), take(claim))));
      expect(outcomes(results, 'appended')).toBe(1);
      const owner = streams[results.findIndex(({ outcome }) => outcome === 'appended')]!;
      expect(await store.ownerOf(claim)).toBe(owner);
      for (const [index, result] of results.entries()) {
        if (streams[index] === owner) continue;
        expect(result).toEqual({ outcome: 'claim-taken', claim, owner });
        expect(await store.readStream(streams[index]!)).toEqual([]);
      }
    });

    it('are all taken or none', async () => {
      const [free, held] = [randomUUID(), randomUUID()];
      await appendTo(store, newStream(), -1, newEvents(1), take(held));
      const refused = await attempt(newStream(), -1, newEvents(1), take(free, held));
      expect(refused).toMatchObject({ outcome: 'claim-taken', claim: held });
      expect(await store.ownerOf(free)).toBeUndefined();
    });

    it('can be taken again by their holder, and by another once dropped', async () => {
      const claim = randomUUID();
      const [first, second] = [newStream(), newStream()];
      await appendTo(store, first, -1, newEvents(1), take(claim));
      await appendTo(store, first, 0, newEvents(1), take(claim));
      await appendTo(store, first, 1, newEvents(1), drop(claim));
      expect(await store.ownerOf(claim)).toBeUndefined();
      await appendTo(store, second, -1, newEvents(1), take(claim));
      expect(await store.ownerOf(claim)).toBe(second);
    });

    it('are dropped by nobody but their holder', async () => {
      const claim = randomUUID();
      const holder = newStream();
      await appendTo(store, holder, -1, newEvents(1), take(claim));
      await appendTo(store, newStream(), -1, newEvents(1), drop(claim));
      expect(await store.ownerOf(claim)).toBe(holder);
    });

    it('are dropped before others are taken in the same append', async () => {
      const claim = randomUUID();
      const stream = newStream();
      await appendTo(store, stream, -1, newEvents(1), take(claim));
      await appendTo(store, stream, 0, newEvents(1), { claims: { take: [claim], drop: [claim] } });
      expect(await store.ownerOf(claim)).toBe(stream);
    });

    it('stay as they are when the append is refused or a repeat', async () => {
      const [old, next] = [randomUUID(), randomUUID()];
      const stream = newStream();
      const first = appendOf(stream, -1, newEvents(1), take(old));
      await store.append(first);
      const late = appendOf(stream, -1, newEvents(1), { claims: { take: [next], drop: [old] } });
      expect(await store.append(late)).toMatchObject({ outcome: 'wrong-revision' });
      expect([await store.ownerOf(old), await store.ownerOf(next)]).toEqual([stream, undefined]);
      await appendTo(store, stream, 0, newEvents(1), drop(old));
      expect(await store.append(first)).toMatchObject({ outcome: 'appended' });
      expect(await store.ownerOf(old)).toBeUndefined();
    });

    it('agree with a map of holders after any sequence of appends', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
          await agreesWithModel(store, steps, 'one after the other');
        }),
        { numRuns: 40 },
      );
    });
  });
}

export interface Step {
  readonly stream: number;
  readonly take: readonly number[];
  readonly drop: readonly number[];
  readonly events: number;
  /** How far off the right expected revision is. */
  readonly off: number;
}

export const step: fc.Arbitrary<Step> = fc.record({
  stream: fc.nat(3),
  take: fc.uniqueArray(fc.nat(4), { maxLength: 3 }),
  drop: fc.uniqueArray(fc.nat(4), { maxLength: 3 }),
  events: fc.integer({ min: 1, max: 3 }),
  off: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constantFrom(-1, 1) }),
});

/**
 * Appends in order, comparing each answer, the streams and the holders with a plain model. Its names are its own.
 * One after the other, each append asks first where its stream ends: a server may have put a fence there.
 */
export async function agreesWithModel(
  store: EventStore,
  steps: readonly Step[],
  how: 'one after the other' | 'all at once',
): Promise<void> {
  const run = randomUUID();
  const holders = new Map<string, string>();
  const sizes = new Map<string, number>();
  const results: Promise<AppendResult>[] = [];
  const expected: AppendResult['outcome'][] = [];
  for (const { stream: s, take, drop, events, off } of steps) {
    const stream = `application-${run}-${s}`;
    const size = sizes.get(stream) ?? 0;
    const tail = how === 'all at once' ? size - 1 : await tailOf(store, stream);
    const claims = { take: take.map((n) => `${run}-${n}`), drop: drop.map((n) => `${run}-${n}`) };
    const expectedRevision = Math.max(-1, tail + off);
    if (expectedRevision !== tail) expected.push('wrong-revision');
    else if (claims.take.some((claim) => (holders.get(claim) ?? stream) !== stream)) expected.push('claim-taken');
    else {
      expected.push('appended');
      sizes.set(stream, size + events);
      for (const claim of claims.drop) if (holders.get(claim) === stream) holders.delete(claim);
      for (const claim of claims.take) holders.set(claim, stream);
    }
    const append = { stream, expectedRevision, events: claiming(newEvents(events), claims), claims };
    results.push(store.append(append));
    if (how === 'one after the other') await results.at(-1);
  }

  expect((await Promise.all(results)).map(({ outcome }) => outcome)).toEqual(expected);
  for (const n of [0, 1, 2, 3, 4]) expect(await store.ownerOf(`${run}-${n}`)).toBe(holders.get(`${run}-${n}`));
  for (const [stream, size] of sizes) expect(await store.readStream(stream)).toHaveLength(size);
}

async function tailOf(store: EventStore, stream: string): Promise<number> {
  const [last] = await store.readStream(stream, { backwards: true, limit: 1, technical: true });
  return last?.revision ?? -1;
}
