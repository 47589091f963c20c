import {
  all,
  append,
  event,
  failureOf,
  idsIn,
  newName,
  numbersOf,
  openBench,
  PATHS,
  streamOf,
  type Bench,
} from '../support/eventstore/calibration.js';

describe('An EventStoreDB server, deleting', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await openBench();
  });
  afterAll(() => bench.close());

  const failure = (work: Promise<unknown>) => work.then(() => 'done', failureOf);

  it('hides a soft-deleted stream, and goes on at its next revision', async () => {
    const { stream } = await streamOf(bench, 3);
    expect(await bench.client.deleteStream(stream)).toMatchObject({ position: { commit: expect.any(BigInt) } });
    expect(await numbersOf(bench.client.readStream(stream))).toEqual({ type: 'stream-not-found' });
    expect(await append(bench, stream, event(), 'stream_exists')).toMatchObject({ type: 'stream-deleted' });
    expect(await append(bench, stream, event(), 1n)).toMatchObject({ type: 'wrong-expected-version', actual: 2n });
    expect(await append(bench, stream, event(7), 'no_stream')).toMatchObject({ revision: 3n });
    expect(await numbersOf(bench.client.readStream(stream))).toEqual([7]);
  });

  it.each(PATHS)('answers success without a position for an id that was deleted, by $path', async ({ call }) => {
    const { stream, events } = await streamOf(bench, 2);
    await bench.client.deleteStream(stream);
    for (const expected of ['no_stream', 'any'] as const) {
      expect(await append(bench, stream, events[0]!, expected, call)).toEqual({ revision: 0n });
    }
    expect(await numbersOf(bench.client.readStream(stream))).toEqual({ type: 'stream-not-found' });
  });

  it('lets one of many begin a soft-deleted stream anew', async () => {
    const { stream } = await streamOf(bench, 2);
    await bench.client.deleteStream(stream);
    const racing = await Promise.all(Array.from({ length: 20 }, () => append(bench, stream, event(), 'no_stream')));
    expect(racing.filter(({ revision }) => revision === 2n)).toHaveLength(1);
    expect(await idsIn(bench, stream)).toHaveLength(1);
  });

  it('refuses to delete at another revision, and what never was', async () => {
    const { stream } = await streamOf(bench, 3);
    const wrong = { type: 'wrong-expected-version', code: 9 };
    expect(await failure(bench.client.deleteStream(stream, { expectedRevision: 0n }))).toEqual({
      ...wrong,
      expected: 0n,
      actual: 2n,
    });
    expect(await failure(bench.client.deleteStream(newName()))).toEqual({ ...wrong, expected: -2n, actual: -1n });
  });

  it('has a tombstoned stream gone for ever', async () => {
    const { stream } = await streamOf(bench, 1);
    const missing = newName();
    for (const name of [stream, missing]) {
      expect(await bench.client.tombstoneStream(name)).toMatchObject({ position: { commit: expect.any(BigInt) } });
      for (const { call } of PATHS) {
        expect(await append(bench, name, event(), 'any', call)).toMatchObject({ type: 'stream-deleted' });
      }
      expect(await numbersOf(bench.client.readStream(name))).toMatchObject({ type: 'stream-deleted', code: 9 });
      expect(await failure(bench.client.deleteStream(name))).toMatchObject({ type: 'stream-deleted' });
      expect(await failure(bench.client.tombstoneStream(name))).toMatchObject({ type: 'stream-deleted' });
    }
  });

  it('leaves a trace of either in the whole log', async () => {
    const [{ stream: soft }, { stream: hard }] = [await streamOf(bench, 1), await streamOf(bench, 1)];
    await bench.client.deleteStream(soft);
    await bench.client.tombstoneStream(hard);
    const recent = await all(bench.client.readAll({ direction: 'backwards', fromPosition: 'end', maxCount: 50 }));
    const traces = recent.map(({ event }) => `${event!.streamId} ${event!.type}`);
    expect(traces).toEqual(expect.arrayContaining([`$$${soft} $metadata`, `${hard} $streamDeleted`]));
    expect(traces).toContain(`${soft} tested`);
  });

  describe('by metadata', () => {
    it('shows only what is left, and keeps the tail', async () => {
      const { stream } = await streamOf(bench, 5);
      await bench.client.setStreamMetadata(stream, { truncateBefore: 3 });
      expect(await numbersOf(bench.client.readStream(stream))).toEqual([3, 4]);
      await bench.client.setStreamMetadata(stream, { maxCount: 1 });
      expect(await numbersOf(bench.client.readStream(stream))).toEqual([4]);
      await bench.client.setStreamMetadata(stream, { truncateBefore: 5 });
      expect(await numbersOf(bench.client.readStream(stream))).toEqual([]);
      expect(await append(bench, stream, event(), 'no_stream')).toMatchObject({ type: 'wrong-expected-version' });
      expect(await append(bench, stream, event(5), 4n)).toMatchObject({ revision: 5n });
      expect(await numbersOf(bench.client.readStream(stream))).toEqual([5]);
    });

    it('may be set before there is a stream', async () => {
      const stream = newName();
      await bench.client.setStreamMetadata(stream, { maxCount: 2 });
      await append(bench, stream, [event(0), event(1), event(2)], 'no_stream');
      expect(await numbersOf(bench.client.readStream(stream))).toEqual([1, 2]);
    });
  });
});
