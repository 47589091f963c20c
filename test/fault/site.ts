import type { LogContents } from './engine-files.js';
import type { Options, Run } from './run.js';
import type { Scene } from './scene.js';

/** What is tested: the service on its engines, prepared and running or about to run. */
export interface Site {
  readonly title: string;
  readonly scene: Scene;
  /** Everything in the log, read behind the service's back. */
  log(): Promise<LogContents>;
  /** Load, kills, starts, and the checks of what is there then. */
  cycle(run: Run): Promise<void>;
  /** Everything once more, after the last cycle. */
  finish(run: Run): Promise<void>;
  close(): Promise<void>;
}

export type OpenSite = (options: Options) => Promise<Site>;
