/** What a reactor is: a durable consumer of the log with effects outside it. It never decides; it follows up on decisions. */
import type { LogEvent } from '#read-models/log-event.js';

/** Details of an effect as its outbox row keeps them: neither personal data nor secrets. */
export type Details = Readonly<Record<string, string>>;

export interface NewEffect {
  /** Stable: the same at every try and after every crash. With a position it begins with the id of the event there. */
  readonly key: string;
  /** Position of the event that calls for it; absent for effects that time alone calls for. */
  readonly position?: bigint;
  readonly details?: Details;
  /** Milliseconds since the epoch: until when the key must be recognised once it is done. Default: a day. */
  readonly keepUntil?: number;
}

export interface Effect {
  readonly key: string;
  readonly event?: LogEvent;
  readonly details: Details;
}

/** What an effect may use of the runner while it is performed. */
export interface Performance {
  /** Puts further effects of the same reactor into the outbox; known keys are left alone. */
  offer(effects: readonly NewEffect[]): Promise<void>;
  /** Shown by status. */
  progress(done: number, total: number): void;
  /** Aborted when the process stops: long effects end early and go on after the restart. */
  readonly signal: AbortSignal;
  /**
   * To be called right before what cannot be taken back. Where several processes could run the reactor, one that was stopped
   * for a while has a successor by now.
   * @throws FencedOff
   */
  stillMine(): void;
}

export interface Reactor {
  readonly name: string;
  /** Where a new reactor begins: `start` for effects that every event of the past must have had. */
  readonly from: 'head' | 'start';
  readonly types: readonly string[];
  /** Which events of those types call for an effect; default: all. If it fails, it is asked again. */
  readonly concerns?: (event: LogEvent) => boolean | Promise<boolean>;
  /** Resolves when it is done; rejects to be tried again. At least once: after a crash it may come twice. */
  perform(effect: Effect, performance: Performance): Promise<void>;
}

export interface EffectFailedOptions extends ErrorOptions {
  /** Another try would fail the same way: park at once. */
  readonly permanent?: boolean;
}

/** An effect did not succeed. The message is shown to operators and names no personal data and no secret. */
export class EffectFailed extends Error {
  override readonly name = 'EffectFailed';
  readonly permanent: boolean;

  constructor(message: string, { permanent = false, ...options }: EffectFailedOptions = {}) {
    super(message, options);
    this.permanent = permanent;
  }
}
