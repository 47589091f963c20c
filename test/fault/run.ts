import type { History } from './history.js';
import type { Random } from './random.js';
import type { Scene } from './scene.js';
import type { Tally } from './tally.js';
import type { World } from './world.js';

export interface Options {
  readonly cycles: number;
  readonly clients: number;
  readonly seed: number;
  /** The data folders of what is tested, and copies for checks. */
  readonly folder: string;
  readonly say: (line: string) => void;
}

export interface Run extends Options {
  readonly scene: Scene;
  readonly world: World;
  readonly history: History;
  readonly random: Random;
  /** Claims of what the clients never change. */
  readonly baseline: ReadonlyMap<string, string>;
  readonly tally: Tally;
  /** Adds what was found wrong; the loop ends with the cycle. */
  report(kind: 'lost' | 'foreign' | 'otherwise', violations: readonly string[]): void;
}
