import type { ReactorRunner, ReactorStatus } from './runner.js';

/** What the service sees of its reactors. */
export interface Reactors {
  status(): readonly ReactorStatus[];
  /** Tries what is parked again, of one reactor or of all; the number of effects. */
  retryParked(reactor?: string): Promise<number>;
  /** Begins; until then events only wait. Once. */
  start(): void;
  /** Resolves when no reactor has anything left to do now: what one causes for another included. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

/** Runs several reactors as one. */
export function joinReactors(runners: readonly ReactorRunner[]): Reactors {
  return {
    status: () => runners.map((runner) => runner.status()),
    async retryParked(name) {
      const meant = runners.filter((runner) => name === undefined || runner.name === name);
      if (meant.length === 0) throw new Error(`there is no reactor named ${name}`);
      let count = 0;
      for (const runner of meant) count += await runner.retryParked();
      return count;
    },
    start: () => runners.forEach((runner) => runner.start()),
    async settled() {
      // Twice: one reactor's command may be another one's event.
      for (let round = 0; round < 2; round++) for (const runner of runners) await runner.settled();
    },
    async stop() {
      await Promise.all(runners.map((runner) => runner.stop()));
    },
  };
}

/** Several of these as one. */
export function joinGroups(groups: readonly Reactors[]): Reactors {
  return {
    status: () => groups.flatMap((group) => group.status()),
    async retryParked(name) {
      const meant = groups.filter((group) => name === undefined || group.status().some((each) => each.name === name));
      if (meant.length === 0) throw new Error(`there is no reactor named ${name}`);
      let count = 0;
      for (const group of meant) count += await group.retryParked(name);
      return count;
    },
    start: () => groups.forEach((group) => group.start()),
    async settled() {
      // Twice: one reactor's command may be another one's event.
      for (let round = 0; round < 2; round++) for (const group of groups) await group.settled();
    },
    async stop() {
      await Promise.all(groups.map((group) => group.stop()));
    },
  };
}
