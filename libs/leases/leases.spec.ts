import fc from 'fast-check';
import { createLeases, TERM_MS, type Leases } from './leases.js';
import { temporaryVault, type TemporaryVault } from '#vault/testing.js';
import type { VaultStore } from '#vault/port.js';

/** A process with a clock of its own that tests move. */
interface Process extends Leases {
  pass(milliseconds: number): void;
}

describe('leases', () => {
  let temporary: TemporaryVault;
  let made: Process[];
  beforeEach(() => {
    temporary = temporaryVault();
    made = [];
  });
  afterEach(async () => {
    for (const each of made) await each.stop();
    await temporary.destroy();
  });

  function start(holder: string, vault: VaultStore = temporary.vault, names = ['one']): Process {
    let now = Math.round(Math.random() * 1e9);
    const leases = createLeases({ vault, names, holder, monotonic: () => now, now: () => 0 });
    const process = { ...leases, pass: (milliseconds: number) => void (now += milliseconds) };
    made.push(process);
    return process;
  }

  /** Time passes for both, and both look once a second. */
  async function live(seconds: number, ...processes: Process[]): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      for (const each of processes) each.pass(1_000);
      for (const each of processes) await each.look();
    }
  }

  it('have one holder, who keeps them while it renews them', async () => {
    const [a, b] = [start('a'), start('b')];
    await live(20, a, b);
    expect([a.token('one'), b.token('one'), a.token('other')]).toEqual([1, undefined, undefined]);
  });

  it('pass to the next, with a greater token, a term after the last renewal that the next has seen', async () => {
    const [a, b] = [start('a'), start('b')];
    await live(5, a, b);
    let waited = 0;
    for (; b.token('one') === undefined; waited += 500) {
      b.pass(500);
      await b.look();
    }
    expect(b.token('one')).toBe(2);
    expect(waited).toBeGreaterThanOrEqual(TERM_MS);
    expect(waited).toBeLessThanOrEqual(TERM_MS + 1_000);
  });

  it('are over for a holder that was stopped, before it has asked anybody', async () => {
    const [a, b] = [start('a'), start('b')];
    await live(2, a, b);
    a.pass(TERM_MS);
    expect(a.token('one')).toBeUndefined();
    await live(5, b);
    await a.look();
    expect([a.token('one'), b.token('one')]).toEqual([undefined, 2]);
  });

  it('are free at once when they are given back', async () => {
    const [a, b] = [start('a'), start('b')];
    await live(2, a, b);
    await a.stop();
    await b.look();
    expect([a.token('one'), b.token('one')]).toEqual([undefined, 2]);
  });

  it('stay with others once their holder has resigned', async () => {
    const [a, b] = [start('a'), start('b')];
    await live(2, a, b);
    await a.resign('one');
    await live(2, a);
    expect(a.token('one')).toBeUndefined();
    await live(1, b);
    expect(b.token('one')).toBe(2);
    await b.stop();
    await live(9, a);
    expect(a.token('one')).toBeUndefined();
  });

  it('have greater tokens than those of the past, though the vault was restored', async () => {
    const a = createLeases({ vault: temporary.vault, names: ['one'], holder: 'a', now: () => 1_800_000_000_999 });
    await a.look();
    expect(a.token('one')).toBe(1_800_000_000);
    await a.stop();
  });

  it.each([3_600_000, -3_600_000])('do not care when the clock of a machine is set by %d ms', async (step) => {
    const [a, b] = [start('a'), start('b')];
    await live(2, a, b);
    temporary.clock.now += step;
    await live(10, a, b);
    expect([a.token('one'), b.token('one')]).toEqual([1, undefined]);
  });

  it('run out when the vault cannot be reached, and come back with it under the same token', async () => {
    let reachable = true;
    const { vault } = temporary;
    const check = (): void => {
      if (!reachable) throw new Error('down');
    };
    const failing: VaultStore = {
      ...vault,
      getMany: async (...words) => (check(), vault.getMany(...words)),
      put: async (...words) => (check(), vault.put(...words)),
      replace: async (...words) => (check(), vault.replace(...words)),
    };
    const a = start('a', failing);
    await live(1, a);
    reachable = false;
    await live(1, a);
    expect(a.token('one')).toBe(1);
    await live(2, a);
    expect(a.token('one')).toBeUndefined();
    reachable = true;
    await live(1, a);
    expect(a.token('one')).toBe(1);
  });

  it('tell of changes, the passing of time included', async () => {
    const leases = createLeases({ vault: temporary.vault, names: ['one'], holder: 'a', termMs: 60, now: () => 0 });
    const told: (number | undefined)[] = [];
    leases.onChange(() => told.push(leases.token('one')));
    await leases.look();
    while (told.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(told).toEqual([1, undefined]);
    await leases.stop();
  });

  it('never have two holders, and never a token twice, whoever is stopped when', async () => {
    const step = fc.record({
      who: fc.constantFrom(0, 1, 2),
      /** The others' clocks go on while one is stopped. */
      passes: fc.constantFrom(0, 300, 600, 1_500, 3_100),
      looks: fc.boolean(),
    });
    let run = 0;
    const property = fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const names = [`run-${(run += 1)}`];
      const processes = ['a', 'b', 'c'].map((holder) => start(holder, temporary.vault, names));
      const holderOf = new Map<number, number>();
      let last = 0;
      for (const { who, passes, looks } of steps) {
        for (const each of processes) each.pass(passes);
        if (looks) await processes[who]!.look();
        const tokens = processes.map((each) => each.token(names[0]!));
        const holding = tokens.flatMap((token, index) => (token === undefined ? [] : [{ token, index }]));
        expect(holding.length).toBeLessThanOrEqual(1);
        for (const { token, index } of holding) {
          expect(holderOf.get(token) ?? index).toBe(index);
          holderOf.set(token, index);
          expect(token).toBeGreaterThanOrEqual(last);
          last = token;
        }
      }
      for (const each of processes) await each.stop();
    });
    await fc.assert(property, { numRuns: 100 });
  });
});
