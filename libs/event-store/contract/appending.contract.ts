import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EventStore, StoredEvent } from '../port.js';
import { appendTo, newEvent, newEvents, newStream, outcomes, streamOf, type MakeHarness } from './support.contract.js';

export function appendingContract(makeHarness: MakeHarness): void {
  describe('appending', () => {
    let store: EventStore;
    let destroy: () => Promise<void>;
    beforeAll(async () => {
      const harness = await makeHarness();
      destroy = harness.destroy;
      store = await harness.open();
    });
    afterAll(() => destroy());

    it.each([
      { has: 0, expected: -1, outcome: 'appended' },
      { has: 0, expected: 0, outcome: 'wrong-revision' },
      { has: 0, expected: 7, outcome: 'wrong-revision' },
      { has: 3, expected: -1, outcome: 'wrong-revision' },
      { has: 3, expected: 0, outcome: 'wrong-revision' },
      { has: 3, expected: 1, outcome: 'wrong-revision' },
      { has: 3, expected: 2, outcome: 'appended' },
      { has: 3, expected: 3, outcome: 'wrong-revision' },
      { has: 3, expected: 9, outcome: 'wrong-revision' },
    ])('a stream of $has events, expected revision $expected: $outcome', async ({ has, expected, outcome }) => {
      const stream = await streamOf(store, has);
      const before = await store.head();
      const result = await store.append({ stream, expectedRevision: expected, events: newEvents(2) });
      expect(result.outcome).toBe(outcome);
      if (result.outcome === 'wrong-revision') {
        expect(result).toEqual({ outcome: 'wrong-revision', actualRevision: has - 1 });
        expect(await store.readStream(stream)).toHaveLength(has);
        expect(await store.head()).toBe(before);
      } else {
        expect(result).toMatchObject({ revision: has + 1 });
        expect((await store.readStream(stream)).map(({ revision }) => revision)).toEqual([...Array(has + 2).keys()]);
      }
    });

    it('answers the events as they are read afterwards', async () => {
      const stream = newStream();
      const events = newEvents(3);
      const result = await appendTo(store, stream, -1, events);
      expect(result.events).toEqual(await store.readStream(stream));
      expect(result.events).toMatchObject(events.map((event, revision) => ({ ...event, stream, revision })));
      expect(result.position).toBe(result.events.at(-1)!.position);
      expect(await store.head()).toBe(result.position);
    });

    it('refuses what no state could accept, and stores nothing of it', async () => {
      const stream = newStream();
      const event = newEvent();
      const before = await store.head();
      const attempts = [
        { stream, expectedRevision: -1, events: [] },
        { stream, expectedRevision: -2, events: [event] },
        { stream, expectedRevision: 0.5, events: [event] },
        { stream: '', expectedRevision: -1, events: [event] },
        { stream, expectedRevision: -1, events: [event, event] },
        { stream, expectedRevision: -1, events: [newEvent(), newEvent({ name: '\ud83d' })] },
      ];
      for (const attempt of attempts) await expect(store.append(attempt)).rejects.toThrow(TypeError);
      expect(await store.readStream(stream)).toEqual([]);
      expect(await store.head()).toBe(before);
    });

    it('lets exactly one of many concurrent appends at the same revision win', async () => {
      const stream = await streamOf(store, 1);
      for (const revision of [0, 1, 2]) {
        const results = await Promise.all(
          Array.from({ length: 20 }, () => store.append({ stream, expectedRevision: revision, events: [newEvent()] })),
        );
        expect(outcomes(results, 'appended')).toBe(1);
        expect(outcomes(results, 'wrong-revision')).toBe(19);
      }
      expect(await store.readStream(stream)).toHaveLength(4);
    });

    it('gives growing positions, the events of one append next to each other', async () => {
      const appended = await Promise.all(
        Array.from({ length: 30 }, (_, n) => appendTo(store, newStream(), -1, newEvents((n % 3) + 1))),
      );
      const all = appended.flatMap(({ events }) => events).sort((a, b) => (a.position < b.position ? -1 : 1));
      expect(new Set(all.map(({ position }) => position)).size).toBe(all.length);
      const streams = all.map(({ stream }) => stream);
      expect(streams.filter((stream, index) => stream !== streams[index - 1])).toHaveLength(30);
    });

    describe('repeated', () => {
      it('answers the first result and stores nothing, also when the stream has moved on', async () => {
        const stream = await streamOf(store, 1);
        const append = { stream, expectedRevision: 0, events: newEvents(3) };
        const first = await store.append(append);
        expect(await store.append(append)).toEqual(first);
        await appendTo(store, stream, 3);
        const head = await store.head();
        expect(await store.append(append)).toEqual(first);
        expect(await store.head()).toBe(head);
      });

      it('is recognised while the first is under way', async () => {
        const append = { stream: newStream(), expectedRevision: -1, events: newEvents(2) };
        const [first, second] = await Promise.all([store.append(append), store.append(append)]);
        expect(second).toEqual(first);
        expect(await store.readStream(append.stream)).toHaveLength(2);
      });

      it('in part only is a wrong revision', async () => {
        const stream = newStream();
        const old = newEvents(2);
        await appendTo(store, stream, -1, old);
        const attempts = [
          { expectedRevision: -1, events: [...old, newEvent()] },
          { expectedRevision: -1, events: [newEvent(), old[1]!] },
          { expectedRevision: -1, events: [old[1]!, old[0]!] },
          { expectedRevision: 0, events: [old[1]!, newEvent()] },
          { expectedRevision: 1, events: [newEvent(), old[0]!] },
        ];
        for (const attempt of attempts) {
          expect(await store.append({ stream, ...attempt })).toEqual({ outcome: 'wrong-revision', actualRevision: 1 });
        }
      });

      it('at a revision read afresh is a wrong revision, never stored twice', async () => {
        const stream = newStream();
        const events = newEvents(1);
        await appendTo(store, stream, -1, events);
        const again = await store.append({ stream, expectedRevision: 0, events });
        expect(again).toEqual({ outcome: 'wrong-revision', actualRevision: 0 });
      });
    });

    it('tells listeners in log order what was appended, before the append is answered, until they unsubscribe', async () => {
      const heard: StoredEvent[] = [];
      const stop = store.onAppended((events) => heard.push(...events));
      const repeated = { stream: newStream(), expectedRevision: -1, events: newEvents(1) };
      const answered = await Promise.all([
        ...Array.from({ length: 10 }, async () => {
          const { events } = await appendTo(store, newStream(), -1, newEvents(2));
          expect(heard).toEqual(expect.arrayContaining([...events]));
          return events;
        }),
        store.append(repeated).then((result) => (result.outcome === 'appended' ? result.events : [])),
        store.append(repeated).then(() => []),
        store.append({ ...repeated, events: newEvents(1) }).then(() => []),
      ]);
      stop();
      await appendTo(store, newStream(), -1);
      expect(heard).toEqual([...heard].sort((a, b) => (a.position < b.position ? -1 : 1)));
      const inOrder = answered.flat().sort((a, b) => (a.position < b.position ? -1 : 1));
      expect(heard).toEqual(inOrder);
      expect(heard).toHaveLength(21);
    });
  });
}
