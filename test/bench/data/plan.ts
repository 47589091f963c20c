import { benchId } from './ids.js';

/** How much of everything there is. */
export interface Scale {
  readonly products: number;
  readonly applications: number;
  /** The log is filled up to so many. */
  readonly events: number;
  /** Applications whose key the benchmark keeps, to call with. */
  readonly keys: number;
}

export const FULL: Scale = { products: 2_000, applications: 75_000, events: 1_000_000, keys: 10_000 };
export const QUICK: Scale = { products: 200, applications: 7_500, events: 100_000, keys: 1_000 };

/** Every tenth developer has a page full of applications and more, the others have a few. */
const MANY = 28;
const FEW = 3;
const PER_TEN = MANY + 9 * FEW;

export const developersOf = ({ applications }: Scale): number => Math.ceil(applications / PER_TEN) * 10;

/** The developer of the n-th application. */
export function ownerOf(n: number): number {
  const ten = Math.floor(n / PER_TEN) * 10;
  const rest = n % PER_TEN;
  return rest < MANY ? ten : ten + 1 + Math.floor((rest - MANY) / FEW);
}

/** Developers with many applications. */
export const busyDevelopers = (scale: Scale, count: number): readonly number[] =>
  Array.from({ length: Math.min(count, Math.floor(scale.applications / PER_TEN)) }, (_, i) => i * 10);

/** Each product has two versions: the n-th is of product n / 2. */
export const versionCount = ({ products }: Scale): number => products * 2;

/** The versions that the n-th application asks for, one after the other: all different. */
export const versionAskedFor = (scale: Scale, application: number, request: number): number =>
  (application * 7 + request * 13) % versionCount(scale);

/** How many versions the n-th application has asked for when the log begins to be measured. */
export const requestsOf = (application: number): number => 1 + (application % 3);

export const PORTAL = benchId('portal', 1);
export const STRATEGY = benchId('authStrategy', 1);
export const KEY_NAME = 'apikey';
