import { createTally } from './tally.js';

const NOON = Date.UTC(2026, 5, 15, 12);
const call = { application: 'a', version: 'v', status: 200, time: NOON };

describe('a tally', () => {
  it('sums calls up by the minute, and starts anew when it is taken', () => {
    const tally = createTally();
    for (const time of [NOON, NOON + 59_999, NOON + 60_000]) tally.add({ ...call, time });
    expect(tally.size()).toBe(3);
    expect(tally.take().cells.map(({ start, calls }) => [start, calls])).toEqual([
      [NOON, 2],
      [NOON + 60_000, 1],
    ]);
    expect(tally.take()).toEqual({ cells: [], uses: [] });
  });

  it('notes every key that is used, also where keys take turns, and the last day of each', () => {
    const tally = createTally();
    const day = 86_400_000;
    tally.add({ ...call, credential: 'k', time: NOON + day });
    for (const credential of ['k', 'l', 'k', 'm']) tally.add({ ...call, credential });
    const uses = tally.take().uses.map(({ kind, id, day: on }) => `${kind} ${id} ${on}`);
    expect(uses.sort()).toEqual([
      'access v 2026-06-16',
      'credential k 2026-06-16',
      'credential l 2026-06-15',
      'credential m 2026-06-15',
    ]);
  });

  it('does not take being turned away for use', () => {
    const tally = createTally();
    for (const status of [401, 403]) tally.add({ ...call, status, credential: 'k' });
    const { cells, uses } = tally.take();
    expect([cells.length, uses]).toEqual([2, []]);
    tally.add({ ...call, status: 500, credential: 'k' });
    expect(tally.take().uses).toHaveLength(2);
  });
});
