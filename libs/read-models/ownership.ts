/** Which lines (`<view>_v<version>`) this process keeps up to date, where several processes could. */
export interface Ownership {
  /** The token of the line's lease while this process holds it: an epoch of the store's `claim`. */
  token(line: string): number | undefined;
  /** Leaves a line to others for good: it needs a newer release than this one. */
  resign(line: string): Promise<void>;
}
