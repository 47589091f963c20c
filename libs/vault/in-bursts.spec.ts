import { inBursts } from './in-bursts.js';

/** Work of 100 ms by a clock that only sleeping and working move; what it was given to see at each run. */
function burst() {
  const clock = { time: 0 };
  const sleeps: number[] = [];
  const asked = new Set<string>();
  const runs: string[][] = [];
  let failing = false;
  const work = inBursts(
    async () => {
      runs.push([...asked]);
      clock.time += 100;
      if (failing) throw new Error('full');
    },
    {
      now: () => clock.time,
      sleep: async (milliseconds) => {
        sleeps.push(milliseconds);
        clock.time += milliseconds;
      },
    },
  );
  const ask = (name: string) => {
    asked.add(name);
    return work();
  };
  return { ask, runs, sleeps, clock, fail: (now: boolean) => (failing = now) };
}

describe('work in bursts', () => {
  it('is done once for all who ask at once', async () => {
    const { ask, runs, sleeps } = burst();
    await Promise.all(['a', 'b', 'c'].map(ask));
    expect(runs).toEqual([['a', 'b', 'c']]);
    expect(sleeps).toEqual([]);
  });

  it('rests before it is done for who asks later, and always begins after the last call', async () => {
    const { ask, runs, sleeps } = burst();
    const first = ask('a');
    await Promise.resolve();
    const later = [ask('b'), ask('c')];
    await Promise.all([first, ...later]);
    expect(runs).toEqual([['a'], ['a', 'b', 'c']]);
    expect(sleeps).toEqual([900]);
  });

  it('does not rest where nobody asks for long', async () => {
    const { ask, sleeps, clock } = burst();
    await ask('a');
    clock.time += 900;
    await ask('b');
    expect(sleeps).toEqual([]);
  });

  it('fails for all who share a run, and for nobody else', async () => {
    const { ask, fail } = burst();
    fail(true);
    const both = await Promise.allSettled([ask('a'), ask('b')]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    fail(false);
    await expect(ask('c')).resolves.toBeUndefined();
  });
});
