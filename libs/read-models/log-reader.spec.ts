import { createLogReader } from './log-reader.js';
import { arrayLog, storedEvents, type EventNotation } from './testing.js';

const events = storedEvents(Array.from({ length: 25 }, (): EventNotation => ['app-1', 'app.made.v1']));
const positions = (read: readonly { position: bigint }[]): number[] => read.map(({ position }) => Number(position));
const range = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, i) => first + i);

describe('log reader', () => {
  it('reads and decodes each batch once for many runners, also for one that is a little behind', async () => {
    const log = arrayLog(events);
    let reads = 0;
    const reader = createLogReader({ ...log, readAll: (options) => ((reads += 1), log.readAll(options)) });
    const first = await reader.after(0n, 10);
    expect(positions(first)).toEqual(range(1, 10));
    expect(await reader.after(0n, 10)).toBe(first);
    expect(positions(await reader.after(10n, 10))).toEqual(range(11, 20));
    expect(positions(await reader.after(3n, 10))).toEqual(range(4, 10));
    expect(positions(await reader.after(3n, 2))).toEqual([4, 5]);
    expect(reads).toBe(2);
  });

  it('sees what is appended after a batch that was not full', async () => {
    const growing = events.slice(0, 5);
    const reader = createLogReader(arrayLog(growing));
    expect(positions(await reader.after(0n, 10))).toEqual(range(1, 5));
    expect(await reader.after(5n, 10)).toEqual([]);
    growing.push(...events.slice(5));
    expect(positions(await reader.after(5n, 10))).toEqual(range(6, 15));
  });
});
