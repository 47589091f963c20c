import { inEvenTime } from './even-time.js';

/** Work that takes so long, by a clock of its own; the time at the end. */
async function ends(milliseconds: number, fail = false): Promise<number> {
  let time = 1_000;
  const clock = { now: () => time, sleep: async (pause: number) => void (time += pause) };
  const work = async () => {
    time += milliseconds;
    if (fail) throw new Error('refused');
    return 'done';
  };
  await inEvenTime(work, clock).catch(() => undefined);
  return time - 1_000;
}

describe('even time', () => {
  it.each([
    [0, 250],
    [1, 250],
    [249, 250],
    [250, 250],
    [251, 500],
    [2_400, 2_500],
  ])('makes %i ms take %i ms', async (taken, even) => expect(await ends(taken)).toBe(even));

  it('is kept by work that fails', async () => expect(await ends(10, true)).toBe(250));

  it('hands on what the work gives and throws', async () => {
    const clock = { now: () => 0, sleep: async () => undefined };
    expect(await inEvenTime(async () => 'done', clock)).toBe('done');
    await expect(inEvenTime(() => Promise.reject(new Error('no')), clock)).rejects.toThrow('no');
  });
});
