import { binaryEvent, jsonEvent } from '@eventstore/db-client';
import {
  all,
  append,
  event,
  newName,
  numbersOf,
  openBench,
  streamOf,
  type Bench,
} from '../support/eventstore/calibration.js';

describe('An EventStoreDB server, reading', () => {
  let bench: Bench;
  let stream: string;
  beforeAll(async () => {
    bench = await openBench();
    ({ stream } = await streamOf(bench, 5));
  });
  afterAll(() => bench.close());

  const numbers = (options: Parameters<Bench['client']['readStream']>[1]) =>
    numbersOf(bench.client.readStream(stream, options));

  it('reads a stream inclusive both ways', async () => {
    expect(await numbers({})).toEqual([0, 1, 2, 3, 4]);
    expect(await numbers({ fromRevision: 3n })).toEqual([3, 4]);
    expect(await numbers({ fromRevision: 1n, maxCount: 2 })).toEqual([1, 2]);
    expect(await numbers({ direction: 'backwards', fromRevision: 'end' })).toEqual([4, 3, 2, 1, 0]);
    expect(await numbers({ direction: 'backwards', fromRevision: 1n })).toEqual([1, 0]);
  });

  it('starts backwards at the start unless told otherwise', async () => {
    expect(await numbers({ direction: 'backwards' })).toEqual([0]);
  });

  it('answers nothing beyond the end, and the tail backwards from there', async () => {
    expect(await numbers({ fromRevision: 99n })).toEqual([]);
    expect(await numbers({ direction: 'backwards', fromRevision: 99n, maxCount: 2 })).toEqual([4, 3]);
  });

  it('refuses to read forwards from the end, and none', async () => {
    expect(await numbers({ fromRevision: 'end' })).toMatchObject({ type: 'unknown', code: 2 });
    expect(await numbers({ maxCount: 0 })).toMatchObject({ type: 'unknown', code: 2 });
  });

  it('says that a stream is missing only while it is read', async () => {
    expect(await numbersOf(bench.client.readStream(newName()))).toEqual({ type: 'stream-not-found' });
  });

  it('can be left in the middle, and shows at once what was written', async () => {
    for await (const one of bench.client.readStream(stream)) {
      expect(one.event!.revision).toBe(0n);
      break;
    }
    for (let n = 0; n < 20; n++) {
      const name = newName();
      const { position } = await append(bench, name, event(n), 'no_stream');
      expect(await numbersOf(bench.client.readStream(name))).toEqual([n]);
      const backwards = await all(bench.client.readAll({ direction: 'backwards', fromPosition: 'end', maxCount: 20 }));
      expect(backwards.map(({ commitPosition }) => commitPosition)).toContain(position);
    }
  });

  it('reads all inclusive forwards and exclusive backwards from a position, and nothing beyond the end', async () => {
    const three = await Promise.all([0, 1, 2].map((n) => append(bench, newName(), event(n), 'no_stream')));
    const [first, , last] = three.map(({ position }) => position!).sort((a, b) => (a < b ? -1 : 1));
    const at = (commit: bigint) => ({ commit, prepare: commit });
    const forwards = await all(bench.client.readAll({ fromPosition: at(first!), maxCount: 1 }));
    expect(forwards[0]!.commitPosition).toBe(first);
    const backwards = await all(bench.client.readAll({ direction: 'backwards', fromPosition: at(last!), maxCount: 1 }));
    expect(backwards[0]!.commitPosition! < last!).toBe(true);
    expect(await all(bench.client.readAll({ fromPosition: at(last! + 10_000_000n) }))).toEqual([]);
  });

  describe('bytes', () => {
    const written = async (one: Parameters<typeof append>[2]) => {
      const name = newName();
      await append(bench, name, one, 'no_stream');
      return (await all(bench.client.readStream(name)))[0]!.event!;
    };

    it('keeps JSON values as they were, awkward ones too', async () => {
      for (const data of [
        null,
        'text',
        1,
        [1],
        true,
        { nul: '\u0000', emoji: '😀', separator: '\u2028', lone: '\ud83d' },
      ]) {
        expect((await written(jsonEvent({ type: 'tested', data: data as never }))).data).toEqual(data);
      }
    });

    it('keeps binary data byte for byte, JSON that is sent so too', async () => {
      const text = '{ "b":1.0, "a":2e0,"b":2 }';
      const read = await written(binaryEvent({ type: 'tested', data: Buffer.from(text) }));
      expect(read.isJson).toBe(false);
      expect(Buffer.from(read.data as Uint8Array).toString()).toBe(text);
    });

    it('keeps metadata, with reserved keys, and has none if there is none', async () => {
      const metadata = { $correlationId: 'c', $causationId: 'd', own: 'e' };
      expect((await written(jsonEvent({ type: 'tested', data: {}, metadata }))).metadata).toEqual(metadata);
      expect((await written(event())).metadata).toBeUndefined();
      const raw = Buffer.from([0xff, 0xfe]);
      const read = await written(jsonEvent({ type: 'tested', data: {}, metadata: new Uint8Array(raw) }));
      expect(Buffer.from(read.metadata as Uint8Array)).toEqual(raw);
    });

    it('dates events by its own clock', async () => {
      expect((await written(event())).created).toBeInstanceOf(Date);
    });
  });
});
