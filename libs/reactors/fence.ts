/** The right of one process, of several that could, to run a reactor: its lease. */
export interface Fence {
  /** Of two processes that write, the one with the lower token is late. */
  readonly token: number;
  /** By this process's clock: whether nobody else can hold the lease yet. */
  isHeld(): boolean;
}

/** Another process runs the reactor, or may do so by now: this one is to stop. */
export class FencedOff extends Error {
  override readonly name = 'FencedOff';
}
