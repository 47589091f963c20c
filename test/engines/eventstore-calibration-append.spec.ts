import { randomUUID } from 'node:crypto';
import { jsonEvent } from '@eventstore/db-client';
import {
  all,
  append,
  event,
  idsIn,
  newName,
  openBench,
  PATHS,
  streamOf,
  type Bench,
} from '../support/eventstore/calibration.js';

/** What the adapter relies on, row by row, as it was seen on EventStoreDB 23.10. */
describe.each(PATHS)('An EventStoreDB server, appending by $path', ({ call }) => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await openBench();
  });
  afterAll(() => bench.close());

  const at = (stream: string, events: Parameters<typeof append>[2], expected: Parameters<typeof append>[3]) =>
    append(bench, stream, events, expected, call);

  it('answers the revision and one position, commit and prepare alike', async () => {
    const [stream, other] = [newName(), newName()];
    expect(await at(stream, event(), 'no_stream')).toEqual({ revision: 0n, position: expect.any(BigInt) });
    expect(await at(other, event(), 'any')).toMatchObject({ revision: 0n });
    const several = await at(stream, [event(), event(), event()], 0n);
    const events = (await all(bench.client.readStream(stream))).map(({ event, commitPosition }) => ({
      event,
      commitPosition,
    }));
    expect(several).toEqual({ revision: 3n, position: events.at(-1)!.event!.position!.commit });
    for (const { event, commitPosition } of events) {
      expect(event!.position).toEqual({ commit: commitPosition, prepare: commitPosition });
    }
  });

  it.each(['no_stream', 'any', 'stream_exists'] as const)(
    'recognises the same id again at %s, also later and with other data',
    async (expected) => {
      const stream = newName();
      const id = randomUUID();
      const first = await at(stream, event(1, id), 'no_stream');
      expect(await at(stream, event(1, id), expected)).toEqual(first);
      expect(await at(stream, event(2, id), expected)).toEqual(first);
      await at(stream, event(), 0n);
      expect(await at(stream, event(1, id), expected)).toEqual(first);
      expect(await idsIn(bench, stream)).toHaveLength(2);
    },
  );

  it('recognises it at the exact revision it was first sent at, and stores it again at the current one', async () => {
    const { stream } = await streamOf(bench, 2);
    const id = randomUUID();
    const first = await at(stream, event(9, id), 1n);
    expect(await at(stream, event(9, id), 1n)).toEqual(first);
    expect(await at(stream, event(9, id), 2n)).toMatchObject({ revision: 3n });
    expect((await idsIn(bench, stream)).filter((one) => one === id)).toHaveLength(2);
  });

  it('recognises several together, and parts of them only where they stand', async () => {
    const stream = newName();
    const [a, b, c] = [event(0), event(1), event(2)];
    const first = await at(stream, [a, b], 'no_stream');
    const wrong = { type: 'wrong-expected-version', actual: 1n };
    expect(await at(stream, [a, b], 'no_stream')).toEqual(first);
    expect(await at(stream, [a, b], 'any')).toEqual(first);
    expect(await at(stream, a, 'no_stream')).toMatchObject({ revision: 0n });
    expect(await at(stream, b, 'no_stream')).toMatchObject(wrong);
    expect(await at(stream, b, 0n)).toMatchObject({ revision: 1n });
    expect(await at(stream, [a, b, c], 'no_stream')).toMatchObject(wrong);
    expect(await at(stream, [a, b, c], 'any')).toMatchObject({ ...wrong, expected: 'any' });
    expect(await at(stream, [b, a], 'any')).toMatchObject({ revision: 0n });
    expect(await idsIn(bench, stream)).toEqual([a.id, b.id]);
  });

  it('looks for ids in one stream only, and stores one twice that comes twice in one append', async () => {
    const id = randomUUID();
    const [one, two] = [newName(), newName()];
    await at(one, event(0, id), 'no_stream');
    expect(await at(two, event(0, id), 'no_stream')).toMatchObject({ revision: 0n });
    const twice = event();
    expect(await at(two, [twice, twice], 0n)).toMatchObject({ revision: 2n });
  });

  it('refuses a wrong version and says where the stream is', async () => {
    const { stream } = await streamOf(bench, 3);
    const wrong = { type: 'wrong-expected-version' };
    expect(await at(stream, event(), 'no_stream')).toEqual({ ...wrong, expected: 'no_stream', actual: 2n });
    expect(await at(stream, event(), 0n)).toEqual({ ...wrong, expected: 0n, actual: 2n });
    expect(await at(stream, event(), 9n)).toEqual({ ...wrong, expected: 9n, actual: 2n });
    expect(await at(newName(), event(), 0n)).toEqual({ ...wrong, expected: 0n, actual: 'no_stream' });
    expect(await at(newName(), event(), 'stream_exists')).toEqual({
      ...wrong,
      expected: 'stream_exists',
      actual: 'no_stream',
    });
  });

  it('answers an empty append and stores nothing', async () => {
    const stream = newName();
    expect(await at(stream, [], 'no_stream')).toHaveProperty('revision');
    expect(await at(stream, [], 5n)).toMatchObject({ type: 'wrong-expected-version' });
    expect(await at(stream, event(), 'no_stream')).toMatchObject({ revision: 0n });
  });

  it('refuses what is no event, and goes on', async () => {
    const stream = newName();
    const bad = { type: 'unknown' };
    expect(await at(stream, event(0, 'not-a-uuid'), 'any')).toMatchObject(bad);
    expect(await at(stream, event(0, '00000000-0000-0000-0000-000000000000'), 'any')).toMatchObject(bad);
    expect(await at(stream, jsonEvent({ type: '', data: {} }), 'any')).toMatchObject(bad);
    expect(await at('', event(), 'any')).toMatchObject(bad);
    expect(await at(stream, event(), 'no_stream')).toMatchObject({ revision: 0n });
  });

  it('answers ids in lower case, and takes any name for a stream', async () => {
    const id = randomUUID();
    const stream = `${newName()}/ä b ${'x'.repeat(5_000)}`;
    const first = await at(stream, event(0, id.toUpperCase()), 'no_stream');
    expect(await at(stream, event(0, id), 'no_stream')).toEqual(first);
    const [read] = await all(bench.client.readStream(stream));
    expect([read!.event!.streamId, read!.event!.id]).toEqual([stream, id]);
  });

  it('lets one of many at a revision win, and keeps the order of sending', async () => {
    const { stream } = await streamOf(bench, 1);
    const racing = await Promise.all(Array.from({ length: 100 }, () => at(stream, event(), 0n)));
    expect(racing.filter(({ revision }) => revision === 1n)).toHaveLength(1);
    expect(racing.filter(({ type }) => type === 'wrong-expected-version')).toHaveLength(99);
    const chain = newName();
    const chained = await Promise.all(
      Array.from({ length: 50 }, (_, n) => at(chain, event(n), n === 0 ? 'no_stream' : BigInt(n - 1))),
    );
    expect(chained.map(({ revision }) => revision)).toEqual(Array.from({ length: 50 }, (_, n) => BigInt(n)));
  });

  describe('limits', () => {
    const sized = (bytes: number) => jsonEvent({ type: 'tested', data: 'x'.repeat(bytes - 2) });
    const tooLarge = { type: 'maximum-append-size-exceeded' };

    it('takes 1,048,576 bytes of data in all, and not one more', async () => {
      const stream = newName();
      expect(await at(stream, sized(1_048_576), 'any')).toMatchObject({ revision: 0n });
      expect(await at(stream, sized(1_048_577), 'any')).toMatchObject(tooLarge);
      const eleven = Array.from({ length: 11 }, () => sized(100 * 1_024));
      const small = at(newName(), event(), 'any');
      expect(await at(stream, eleven, 'any')).toMatchObject(tooLarge);
      expect(await small).toMatchObject({ revision: 0n });
      expect(await idsIn(bench, stream)).toHaveLength(1);
    });

    it('does not count metadata', async () => {
      const large = jsonEvent({ type: 'tested', data: 'x'.repeat(900_000), metadata: { m: 'y'.repeat(900_000) } });
      expect(await at(newName(), large, 'any')).toMatchObject({ revision: 0n });
    });

    it('takes thousands of small events at once', async () => {
      const many = Array.from({ length: 5_000 }, (_, n) => event(n));
      expect(await at(newName(), many, 'no_stream')).toMatchObject({ revision: 4_999n });
    });
  });
});
