import type { Random } from '../../fault/random.js';

/** A process that has died, seen from inside: nothing of it runs any more. */
class Died extends Error {
  override readonly name = 'Died';
}

export interface Process {
  readonly name: string;
  /** Waits for its turn, then does the step. Every outside effect of a process goes through here. */
  step<T>(effect: () => T | Promise<T>): Promise<T>;
  sleep(milliseconds: number): Promise<void>;
}

interface Parked {
  readonly process: string;
  readonly wakes: number;
  run(): void;
  die(afterTheStep: boolean): void;
}

/**
 * Runs processes one step at a time in a random order, which a seed repeats exactly: any of them may stall for as long as
 * the others please, and may die before a step or after it, when nobody hears its outcome.
 */
export class Scheduler {
  /** Milliseconds. */
  clock = 1_000_000;
  deaths = 0;
  private parked: Parked[] = [];
  private running = 0;
  private settled = (): void => undefined;

  constructor(
    private readonly random: Random,
    private readonly deathRate: number,
  ) {}

  start(name: string, main: (process: Process) => Promise<void>): void {
    this.running++;
    void main(this.process(name))
      .catch((error: unknown) => {
        if (!(error instanceof Died)) this.failed ??= error as Error;
      })
      .finally(() => this.stopped());
  }

  failed: Error | undefined;

  /** Until every process has ended; `check` looks at the world after each step. */
  async run(check: () => void, maxSteps = 2_000): Promise<void> {
    for (let steps = 0; ; steps++) {
      await this.quiet();
      if (this.failed) throw this.failed;
      check();
      if (this.parked.length === 0) return;
      if (steps > maxSteps) throw new Error(`${maxSteps} steps and no end: ${this.parked.map((p) => p.process)}`);
      this.choose();
    }
  }

  private choose(): void {
    const ready = this.parked.filter(({ wakes }) => wakes <= this.clock);
    const next =
      ready.length > 0 ? this.random.pick(ready) : this.parked.reduce((a, b) => (a.wakes <= b.wakes ? a : b));
    this.parked = this.parked.filter((one) => one !== next);
    // Now and then much time passes, so that everybody's patience runs out in any place.
    this.clock = Math.max(this.clock, next.wakes) + (this.random.chance(0.05) ? 3_000 : this.random.between(1, 20));
    this.running++;
    if (!this.random.chance(this.deathRate)) return next.run();
    this.deaths++;
    next.die(this.random.chance(0.5));
  }

  private process(name: string): Process {
    const park = <T>(wakes: number, effect: () => T | Promise<T>): Promise<T> =>
      new Promise<T>((resolve, reject) => {
        const perform = async (): Promise<T> => effect();
        const die = (): void => {
          reject(new Died(`${name} died`));
        };
        this.parked.push({
          process: name,
          wakes,
          run: () => void perform().then(resolve, reject),
          die: (after) => void (after ? perform() : Promise.resolve()).then(die, die),
        });
        this.stopped();
      });
    return {
      name,
      step: (effect) => park(this.clock, effect),
      sleep: (milliseconds) => park(this.clock + milliseconds, () => undefined),
    };
  }

  private stopped(): void {
    this.running--;
    if (this.running === 0) this.settled();
  }

  private quiet(): Promise<void> {
    if (this.running === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.settled = resolve;
    });
  }
}
