import type { Rounds } from '../rounds.js';
import type { Line } from '../table.js';
import type { Filled } from './fill.js';
import type { Place, Service } from './scene.js';

export interface Bench {
  readonly place: Place;
  readonly service: Service;
  readonly filled: Filled;
  readonly rounds: Rounds;
  say(text: string): void;
}

export type Measure = (bench: Bench) => Promise<readonly Line[]>;
